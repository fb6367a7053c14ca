import { notFound } from 'next/navigation'

/**
 * Any other address: the console's own "not found", inside the shell; without a session the layout
 * leads to sign-in as everywhere.
 */
export default function Rest(): never {
  notFound()
}
