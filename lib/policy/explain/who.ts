import { accountPattern, parseArn, uniqueIdPattern } from '../../kms/arn'
import type { PolicyStatement, PolicyType, PrincipalValue } from '../document'
import { joinPhrases, quote } from './phrases'

export interface Who {
  /** One phrase for each principal. */
  each: string[]
  /** Everyone but those. */
  except: boolean
  everyone: boolean
}

const bound: Readonly<Record<PolicyType, string>> = {
  key: 'nobody',
  endpoint: 'nobody',
  rcp: 'everyone',
  identity: 'whoever has this policy',
  boundary: 'whoever has this permissions boundary',
  session: 'the session that was given this policy',
  scp: 'every principal of the accounts under this policy',
}

export function sayWho({ principal }: PolicyStatement, type: PolicyType): Who {
  if (!principal) return { each: [bound[type]], except: false, everyone: type === 'rcp' }
  const everyone = principal.values.some(({ anyone }) => anyone)
  const each =
    principal.values.length === 0 ? ['nobody'] : [...new Set(principal.values.map(sayPrincipal))]
  return { each, except: principal.negated, everyone: everyone && !principal.negated }
}

/** The subject of a sentence: "everyone except user ann of account 111122223333". */
export function sayWhoShort({ each, except, everyone }: Who, most?: number): string {
  if (everyone) return 'everyone'
  return except
    ? `everyone except ${joinPhrases(each, 'and', most)}`
    : joinPhrases(each, 'and', most)
}

function sayPrincipal({ kind, value, anyone }: PrincipalValue): string {
  if (anyone) return 'everyone'
  if (kind === 'Service') return value === '*' ? 'every AWS service' : `the service ${value}`
  if (kind === 'Federated') return `identities of the provider ${value}`
  if (kind === 'CanonicalUser') return `the S3 canonical user ${value}`
  if (accountPattern.test(value)) return `account ${value}`
  if (uniqueIdPattern.test(value)) {
    const what = value.startsWith('AIDA') ? 'user' : value.startsWith('AROA') ? 'role' : 'principal'
    return `a ${what} that was deleted (${value})`
  }
  return sayArn(value)
}

function sayArn(value: string): string {
  const arn = parseArn(value)
  if (!arn) return `the principal ${quote(value)}`
  if (arn.resource === 'root') return `account ${arn.account}`
  const [type = '', ...names] = arn.resource.split('/')
  const of = `of account ${arn.account}`
  const name = names.join('/')
  if (type === 'assumed-role') return `session ${names[1] ?? ''} of role ${names[0] ?? ''} ${of}`
  const permissionSet = /^AWSReservedSSO_(.+)_[0-9a-f]{16}$/.exec(names.at(-1) ?? '')?.[1]
  if (type === 'role' && permissionSet !== undefined)
    return `the role of permission set ${permissionSet} (IAM Identity Center) ${of}`
  if (type === 'user' || type === 'role') return `${type} ${name} ${of}`
  if (type === 'federated-user') return `federated user ${name} ${of}`
  return `the principal ${value}`
}
