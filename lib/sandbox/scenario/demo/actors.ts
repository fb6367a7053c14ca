import { hashText, makeUniqueId, randomFor } from '../random'
import { DAY } from '../make'

/** Who made a call of the past, as the record names them. */
export type Actor = {
  accountId: string
  identity: object
  principalId: string
  sourceIp: string
  userAgent: string
  /** As the owner of the key in another account sees them. */
  foreignIdentity: object
}

const AGENTS = [
  'aws-sdk-java/2.33.1 md/io#async ua/2.1 os/Linux#6.1 lang/java#21.0.4',
  'aws-sdk-js/3.1080.0 ua/2.1 os/linux#6.1 lang/js md/nodejs#22.17.0',
  'Boto3/1.43.11 md/Botocore#1.43.11 ua/2.1 os/linux#6.1 lang/python#3.12',
  'aws-sdk-go-v2/1.39.2 ua/2.1 os/linux lang/go#1.25.1',
]
const CONSOLE =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) ' +
  'Chrome/142.0.0.0 Safari/537.36'

type Called = { session?: string; via?: string }
/** Records of one caller and day share their identity: memory, and time. */
export type KnownActors = Map<string, Actor>

export function findActor(
  known: KnownActors,
  seed: number,
  arn: string,
  at: number,
  options: Called,
): Actor {
  const name = `${arn}|${Math.floor(at / DAY)}|${options.session ?? ''}|${options.via ?? ''}`
  let actor = known.get(name)
  if (!actor) known.set(name, (actor = describeActor(seed, arn, at, options)))
  return actor
}

function networkOf(accountId: string, isPerson: boolean): string {
  if (isPerson) return '198.51.100'
  return accountId.startsWith('99') || accountId.startsWith('11') ? '203.0.113' : '192.0.2'
}

/** From a role's or user's ARN; `via` is the service that came for them. Sessions last a day. */
export function describeActor(seed: number, arn: string, at: number, options: Called): Actor {
  const accountId = arn.split(':')[4] ?? ''
  const name = arn.split('/').at(-1) ?? ''
  const isUser = arn.includes(':user/')
  const isPerson = name.startsWith('AWSReservedSSO_') || (isUser && !name.startsWith('svc-'))
  const key = hashText(arn)
  const today = Math.floor(at / DAY)
  const session =
    options.session ?? (isUser ? '' : randomFor(seed, `session/${arn}/${today}`).hex(32))
  const uniqueId = makeUniqueId(seed, isUser ? 'AIDA' : 'AROA', `${accountId}/${name}`)
  const principalId = isUser ? uniqueId : `${uniqueId}:${session}`
  const accessKeyId = isUser
    ? makeUniqueId(seed, 'AKIA', `${accountId}/${name}`).slice(0, 20)
    : makeUniqueId(seed, 'ASIA', `${arn}/${today}`).slice(0, 20)
  const invokedBy = options.via ? { invokedBy: `${options.via}.amazonaws.com` } : {}
  const service = options.via ? `${options.via}.amazonaws.com` : null
  const identity = isUser
    ? { type: 'IAMUser', principalId, arn, accountId, accessKeyId, userName: name, ...invokedBy }
    : {
        type: 'AssumedRole',
        principalId,
        arn: `arn:aws:sts::${accountId}:assumed-role/${name}/${session}`,
        accountId,
        accessKeyId,
        sessionContext: {
          sessionIssuer: { type: 'Role', principalId: uniqueId, arn, accountId, userName: name },
          attributes: {
            creationDate: isoTime(today * DAY + (key % 50) * 1000),
            mfaAuthenticated: isPerson ? 'true' : 'false',
          },
        },
        ...invokedBy,
      }
  return {
    accountId,
    identity,
    principalId,
    sourceIp: service ?? `${networkOf(accountId, isPerson)}.${20 + (key % 200)}`,
    userAgent: service ?? (isPerson ? CONSOLE : (AGENTS[key % AGENTS.length] ?? CONSOLE)),
    foreignIdentity: { type: 'AWSAccount', principalId, accountId, ...invokedBy },
  }
}

/** An AWS service acting for itself, in the account whose key it is. */
export function describeService(service: string, accountId: string): Actor {
  const identity = { type: 'AWSService', invokedBy: service }
  return {
    accountId,
    identity,
    principalId: service,
    sourceIp: service,
    userAgent: service,
    foreignIdentity: identity,
  }
}

/** KMS itself. */
export function describeKms(accountId: string): Actor {
  const identity = { accountId, invokedBy: 'AWS Internal' }
  return {
    accountId,
    identity,
    principalId: 'AWS Internal',
    sourceIp: 'AWS Internal',
    userAgent: 'AWS Internal',
    foreignIdentity: identity,
  }
}

const isoTime = (at: number) => `${new Date(at).toISOString().slice(0, 19)}Z`
