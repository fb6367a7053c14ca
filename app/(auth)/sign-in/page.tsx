import type { Metadata } from 'next'
import { readSignIn } from '@/lib/door/sign-in'
import { SignInView } from './sign-in-view'

export const metadata: Metadata = { title: 'Sign in' }

export default async function SignInPage({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>
}) {
  return <SignInView {...(await readSignIn(await searchParams))} />
}
