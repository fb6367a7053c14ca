import 'server-only'
import { GetKeyPolicyCommand } from '@aws-sdk/client-kms'
import { judgeCall, type CallAnswer, type RoleSession } from '../../access/judge-call'
import type { KeyFacts } from '../../access/key-facts'
import { parsedPolicy } from '../../access/parsed'
import {
  readKeyOfCall,
  readRoleSources,
  type KeyOfCall,
  type RoleSources,
} from '../../access/read-call'
import type { Permit } from '../../auth/permit'
import { AwsProblem } from '../../aws/errors'
import { AppError } from '../../errors'
import type { AwsPlan } from '../kinds/define'
import { makeReader, type AccountRoles } from '../kinds/reader-writer'
import type { AwsCall } from '../kinds/kind'
import type { RoleAnswer, RolePrediction } from '../kinds/preflight'
import { productionContext } from '../kinds/execution-context'

type Asked = {
  plan: AwsPlan
  account: AccountRoles
  changeId: string
  requesterId: string
  hasEnd: boolean
  /** AWS itself has said by DryRun whether it would do it. */
  isAnswered: boolean
}

const mostLines = 20

/**
 * Makes a reader of what AWS will say to the write role, from the policies that the inventory
 * holds: for what has no DryRun, and for the end of a change. What decides for all changes of an
 * account is read once.
 */
export function makeRolePredictor(permit: Permit<'requests.create'>) {
  const known = new Map<string, Promise<RoleSources>>()
  const sourcesOf = (accountId: string) => {
    const sources = known.get(accountId) ?? readRoleSources(accountId)
    known.set(accountId, sources)
    return sources
  }
  return async (asked: Asked): Promise<RolePrediction | null> => {
    const { plan, account, isAnswered, hasEnd } = asked
    if (account.writeRoleArn === null) return null
    const calls = plan.calls()
    const doing = isAnswered ? [] : calls.filter(({ atEnd }) => !atEnd)
    const ending = hasEnd ? calls.filter(({ atEnd }) => atEnd) : []
    if (doing.length === 0 && !hasEnd) return null
    const sources = await sourcesOf(account.id)
    const keys = await readKeys(permit, [...doing, ...ending], sources)
    const weighing: Weighing = { sources, keys, session: sessionOf(asked, account.writeRoleArn) }
    const first = weigh(weighing, doing)
    // The inventory may lag behind: nobody is refused by a policy that was replaced since.
    const answer =
      first?.result === 'refused' ? weigh(await asOfNow(asked, weighing), doing) : first
    const readAt = oldest(weighing)
    const atEnd = hasEnd ? (weigh(weighing, ending) ?? notWeighed) : null
    return { role: account.writeRoleArn, doing: answer, ending: atEnd, readAt }
  }
}

type Weighing = { sources: RoleSources; keys: ReadonlyMap<string, KeyOfCall>; session: RoleSession }

const sessionOf = ({ plan, changeId, requesterId }: Asked, roleArn: string): RoleSession => ({
  roleArn,
  sessionName: changeId,
  sourceIdentity: requesterId,
  policy: JSON.stringify({ Version: '2012-10-17', Statement: plan.sessionPolicy() }),
})

const isKeyArn = (resource: string): boolean => /^arn:[\w-]+:kms:[\w-]+:\d{12}:key\//.test(resource)

/** Keys that the inventory does not have are left out. */
async function readKeys(
  permit: Permit<'requests.create'>,
  calls: readonly AwsCall[],
  sources: RoleSources,
) {
  const keys = new Map<string, KeyOfCall>()
  for (const arn of new Set(calls.map(({ resource }) => resource).filter(isKeyArn))) {
    try {
      keys.set(arn, await readKeyOfCall(permit, arn, sources))
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'not_found')) throw error
    }
  }
  return keys
}

/**
 * With the policy of every key read anew, in the Region of each. Grants are not, so what only a
 * grant could allow is not known.
 */
async function asOfNow({ account }: Asked, weighing: Weighing): Promise<Weighing> {
  const keys = await Promise.all(
    [...weighing.keys].map(async ([arn, stored]) => {
      const policy = await readPolicy(account, arn)
      return [arn, { ...stored, key: { ...stored.key, policy, grants: null } }] as const
    }),
  )
  return { ...weighing, keys: new Map(keys) }
}

/** Null: AWS does not let us read it. */
async function readPolicy(account: AccountRoles, KeyId: string): Promise<KeyFacts['policy']> {
  const [, , , region = ''] = KeyId.split(':')
  const read = makeReader(productionContext, account, { region })
  try {
    const { Policy } = await read.kms('kms:GetKeyPolicy', (kms) =>
      kms.send(new GetKeyPolicyCommand({ KeyId })),
    )
    return Policy === undefined ? null : parsedPolicy(Policy, 'key')
  } catch (error) {
    if (error instanceof AwsProblem) return null
    throw error
  }
}

/** The worst answer to any of the calls, with the reasons for it; null for no call. */
function weigh({ sources, keys, session }: Weighing, calls: readonly AwsCall[]): RoleAnswer | null {
  if (calls.length === 0) return null
  const answers = calls.map((call) => {
    const key = keys.get(call.resource)
    const answer =
      isKeyArn(call.resource) && !key ? notListed : judgeCall(sources, session, call, key?.key)
    return { ...answer, action: call.action }
  })
  const worst =
    order.find((result) => answers.some((answer) => answer.result === result)) ?? 'unknown'
  const lines = answers
    .filter(({ result }) => result === worst)
    .flatMap(({ action, reasons }) => reasons.map((reason) => `${action}: ${reason}`))
  return { result: names[worst], lines: [...new Set(lines)].slice(0, mostLines) }
}

const order = ['deny', 'unknown', 'depends', 'allow'] as const
const names = { deny: 'refused', unknown: 'unknown', depends: 'depends', allow: 'allowed' } as const
const notWeighed: RoleAnswer = {
  result: 'unknown',
  lines: ['Undoing this is decided by policies of then, which cannot be weighed in advance.'],
}
const notListed: CallAnswer = {
  result: 'unknown',
  reasons: ['The inventory does not have this key.'],
}

/** As of when the oldest of what was weighed was read; null: some of it never was. */
function oldest({ sources, keys }: Weighing): string | null {
  const times = [...sources.readAt, ...[...keys.values()].map(({ readAt }) => readAt)]
  const known = times.filter((time) => time !== null)
  return known.length < times.length ? null : ([...known].sort()[0] ?? null)
}
