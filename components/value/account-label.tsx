'use client'

import { Ending } from './ending'
import './value.css'

/** An account by its name and id; one without a name is its id alone. */
export function AccountLabel({ account: { id, name } }: { account: { id: string; name: string } }) {
  if (name === id) return <span title={id}>{id}</span>
  return (
    <span className="claviger-account" title={`${name} (${id})`}>
      <Ending text={name} />
      <small>{id}</small>
    </span>
  )
}
