import type { Found } from '@/lib/inventory/search'
import { grantsTable } from '@/lib/grants/grants-table'
import { keysTable } from '@/lib/inventory/table/keys-table'
import { nameOfState } from '@/lib/kms/state-names'
import { tableHref } from '@/lib/table/state'
import { keyPath, keyPathOf, parseKeyArn } from '@/lib/kms/arn'
import { eventsTable } from '@/lib/trail/events-table'

type Hit = { id: string; href: string; title: string; detail: string; note?: string }
export type HitGroup = {
  title: string
  /** There are more than these. */
  isCut: boolean
  hits: readonly Hit[]
}

const inAccount = (name: string, id: string) => (name === id ? id : `${name} (${id})`)
const eq = (property: string, value: string) => ({
  property,
  operator: 'eq' as const,
  values: [value],
})

/**
 * What was found as places to go to, grouped, in the order it is drawn; groups
 * without a hit are left out.
 */
export function hitGroups(found: Found): HitGroup[] {
  return [
    {
      title: 'Keys',
      isCut: found.more.includes('keys'),
      hits: found.keys.map(hitOfKey),
    },
    {
      title: 'Accounts',
      isCut: found.more.includes('accounts'),
      hits: found.accounts.map(({ id, name }) => ({
        id: `account ${id}`,
        href: tableHref('/keys', keysTable, eq('account', id)),
        title: name,
        detail: `${id} · its keys`,
      })),
    },
    {
      title: 'Principals',
      isCut: found.more.includes('principals'),
      hits: found.principals.map((one) => ({
        id: one.id,
        href: tableHref('/grants', grantsTable, eq('grantee', one.id)),
        title: one.label,
        detail: `${one.detail} · ${inAccount(one.accountName, one.accountId)} · grants to it`,
      })),
    },
    {
      title: 'Grants',
      isCut: found.more.includes('grants'),
      hits: found.grants.map((one) => ({
        id: one.id,
        href: tableHref(
          '/grants',
          grantsTable,
          eq('grantId', one.id.slice(one.id.indexOf('#') + 1)),
        ),
        title: one.label,
        detail: `to ${one.detail || 'an unnamed grantee'} · ${inAccount(one.accountName, one.accountId)}`,
      })),
    },
    {
      title: 'Resources',
      isCut: found.more.includes('resources'),
      hits: found.resources.map(hitOfResource),
    },
  ].filter((group) => group.hits.length > 0)
}

/** Leads to the key that it is under; where that is none of ours, to the events that say so. */
function hitOfResource(one: Found['resources'][number]): Hit {
  const { kind, resource, keyArn, keyName } = one
  const page = keyName === null ? null : keyPathOf(keyArn)
  const key = keyName?.replace(/^alias\//, '') ?? parseKeyArn(keyArn)?.keyId ?? keyArn
  return {
    id: `${kind} ${resource} ${keyArn}`,
    href: page
      ? `${page}/resources`
      : tableHref('/trail', eventsTable, eq('resource', resource), eq('key', keyArn)),
    title: resource,
    detail: `${kind} · under key ${key} · ${inAccount(one.accountName, one.accountId)}`,
    note: page ? undefined : 'key not in your accounts',
  }
}

const hitOfKey = (key: Found['keys'][number]): Hit => ({
  id: key.arn,
  href: keyPath(key),
  title: key.aliases[0]?.replace(/^alias\//, '') ?? key.keyId,
  detail: [
    key.aliases.length > 0 ? key.keyId : 'no alias',
    inAccount(key.accountName, key.accountId),
    key.region,
  ].join(' · '),
  note: key.gone
    ? 'gone'
    : key.keyState === null
      ? 'state unknown'
      : key.keyState === 'Enabled'
        ? undefined
        : nameOfState(key.keyState),
})
