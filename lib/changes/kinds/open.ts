import 'server-only'
import { AppError } from '../../errors'
import { db } from '../../db/client'
import type { Change, Request } from '../../db/generated/client'
import { accountNames, toKeyRow } from '../../inventory/read'
import type { AwsPlan, HousePlan, Kind } from './define'
import type { AccountRoles } from './reader-writer'
import type { Facts, Place } from './kind'
import { kindOf } from './registry'
import { parseKeyArn } from '../../kms/arn'

type AccountFacts = AccountRoles & { name: string; partition: string }
export type StoredChange = Change & { request: Request }
export type OpenedChange = { kind: Kind; plan: AwsPlan | HousePlan; account: AccountFacts | null }

async function findAccountFacts(id: string): Promise<AccountFacts | null> {
  return db.account.findFirst({
    where: { id, removedAt: null },
    select: { id: true, name: true, partition: true, readRoleArn: true, writeRoleArn: true },
  })
}

type Asked = {
  id: string
  kind: string
  accountId: string | null
  region: string | null
  keyArn: string | null
  input: unknown
  endsAt: Date | null
}

/**
 * Returns a change with its kind's own code around it.
 * @throws AppError conflict when the kind or the account is not known (any more) or the change is
 *   about another place than its kind is; ZodError when its input is not the kind's.
 */
export async function openChange(asked: Asked): Promise<OpenedChange> {
  const kind = kindOf(asked.kind)
  if (!kind)
    throw new AppError(
      'conflict',
      `This version of Claviger knows no change of the kind ${asked.kind}.`,
    )
  const misplaced = whyMisplaced(kind, asked)
  if (misplaced) throw new AppError('conflict', misplaced)
  const about = {
    changeId: asked.id,
    input: asked.input,
    endsAt: asked.endsAt?.toISOString() ?? null,
  }
  if (kind.about === 'house')
    return { kind, account: null, plan: kind.open({ ...about, place: null, key: null }) }
  const account = asked.accountId === null ? null : await findAccountFacts(asked.accountId)
  if (!account || asked.region === null)
    throw new AppError('conflict', `The account ${asked.accountId ?? ''} is not connected.`)
  const place: Place = {
    accountId: account.id,
    region: asked.region,
    partition: account.partition,
    keyArn: asked.keyArn,
  }
  const key =
    asked.keyArn === null ? null : await db.key.findUnique({ where: { arn: asked.keyArn } })
  return {
    kind,
    account,
    plan: kind.open({
      ...about,
      place,
      key: key && toKeyRow(key, await accountNames([account.id])),
    }),
  }
}

/**
 * Which rules apply and who decides is told by the place of a change: it names what its kind is
 * about, no more and no less. A change of this installation under the name of an account would be
 * decided by the people of that account.
 */
function whyMisplaced({ about, label }: Kind, { accountId, region, keyArn }: Asked): string | null {
  if (about === 'house')
    return accountId === null && region === null && keyArn === null
      ? null
      : `${label}: this is of no account, Region or key.`
  if (about === 'region')
    return keyArn === null
      ? null
      : `${label}: this is about an account and Region, and names no key.`
  const key = parseKeyArn(keyArn ?? '')
  return key && key.region === region && key.accountId === accountId
    ? null
    : `${label}: this needs a key, in the account and Region that are named.`
}

/** Returns JSON out of the database as an object; {} for anything else. */
export function factsOf(value: unknown): Facts {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Facts)
    : {}
}
