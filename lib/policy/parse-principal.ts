import { accountPattern, parseArn, partitionPattern, uniqueIdPattern } from '../kms/arn'
import type { JsonNode, Located, PrincipalElement, PrincipalKind, PrincipalValue } from './document'
import { describe, spanOf, type Parsing } from './parsing'

const kinds: readonly PrincipalKind[] = ['AWS', 'Service', 'Federated', 'CanonicalUser']

/** Principal or NotPrincipal. null where nothing of it can be used. */
export function parsePrincipal(
  parsing: Parsing,
  node: JsonNode,
  path: string,
  negated: boolean,
): PrincipalElement | null {
  const element = { path, span: spanOf(node), negated }
  if (node.kind === 'string') {
    if (node.text === '*')
      return {
        ...element,
        values: [{ value: '*', path, span: spanOf(node), kind: 'AWS', anyone: true }],
      }
    const form = 'write {"AWS": "…"}, {"Service": "…"} or {"Federated": "…"}'
    parsing.report(
      'INVALID_PRINCIPAL_FORMAT',
      path,
      node,
      `The only string a principal may be is "*"; ${form}.`,
    )
    return null
  }
  if (node.kind !== 'object') {
    parsing.report(
      'DATA_TYPE_MISMATCH',
      path,
      node,
      `A principal is "*" or an object, not ${describe(node)}.`,
    )
    return null
  }
  const values: PrincipalValue[] = []
  let sound = true
  for (const [name, member] of parsing.membersOf(node, path)) {
    const kind = kinds.find((known) => known === name)
    if (!kind) {
      parsing.report(
        'INVALID_PRINCIPAL_KEY',
        `${path}.${name}`,
        member.name,
        `"${name}" is no kind of principal; there are ${kinds.join(', ')}.`,
      )
      sound = false
      continue
    }
    const strings = parsing.readStrings(member.node, `${path}.${name}`, 'A principal')
    sound &&= strings.sound
    for (const value of strings.values) {
      if (parsing.full) return null
      checkPrincipal(parsing, value, kind)
      values.push({ ...value, kind, anyone: kind === 'AWS' && value.value === '*' })
    }
  }
  return sound ? { ...element, values } : null
}

function checkPrincipal(parsing: Parsing, located: Located<string>, kind: PrincipalKind): void {
  const { value, path, span } = located
  const refuse = (code: string, message: string): void => parsing.report(code, path, span, message)
  if (value === '') refuse('INVALID_PRINCIPAL_FORMAT', 'The principal is empty.')
  else if (value.includes('${'))
    refuse('VARIABLE_UNSUPPORTED_IN_ELEMENT', 'Policy variables are not possible in a principal.')
  else if (kind === 'AWS') checkAwsPrincipal(value, refuse)
  else if (kind === 'Service') checkServicePrincipal(value, refuse)
  else if (kind === 'Federated' && /[?*]/.test(value) && value !== '*')
    refuse('UNSUPPORTED_WILDCARD_IN_PRINCIPAL', 'A federated principal takes no wildcard.')
  else if (kind === 'CanonicalUser' && !/^[0-9a-fA-F]{64,96}$/.test(value))
    refuse('INVALID_PRINCIPAL_FORMAT', 'A canonical user id is 64 or more hexadecimal digits.')
}

type Refuse = (code: string, message: string) => void

function checkServicePrincipal(value: string, refuse: Refuse): void {
  if (value === '*') return
  if (!/^[a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)+$/.test(value)) {
    refuse(
      'INVALID_SERVICE_PRINCIPAL_FORMAT',
      `"${value}" is no service name; it looks like "cloudtrail.amazonaws.com".`,
    )
  }
}

function checkAwsPrincipal(value: string, refuse: Refuse): void {
  if (value === '*' || accountPattern.test(value) || uniqueIdPattern.test(value)) return
  if (/[*?]/.test(value)) {
    refuse(
      'UNSUPPORTED_WILDCARD_IN_PRINCIPAL',
      `"${value}": a principal takes no wildcard except a lone "*"; bound it with aws:PrincipalArn in a condition.`,
    )
    return
  }
  const arn = parseArn(value)
  if (!arn)
    refuse(
      'INVALID_PRINCIPAL_FORMAT',
      `"${value}" is neither an ARN, nor an account of 12 digits, nor "*".`,
    )
  else if (!partitionPattern.test(arn.partition))
    refuse('INVALID_PARTITION', `"${arn.partition}" is no AWS partition.`)
  else if (arn.region !== '')
    refuse('ARN_REGION_NOT_ALLOWED', `"${value}": ARNs of IAM and STS have no Region.`)
  else if (!accountPattern.test(arn.account))
    refuse('INVALID_ARN_ACCOUNT', `"${arn.account}" is no account of 12 digits.`)
  else if (arn.resource.startsWith('group/'))
    refuse('INVALID_PRINCIPAL_FORMAT', 'An IAM group cannot be a principal.')
  else if (!isPrincipalResource(arn.service, arn.resource))
    refuse(
      'INVALID_PRINCIPAL_FORMAT',
      `"${value}" is no ARN of an account, user, role or role session.`,
    )
}

function isPrincipalResource(service: string, resource: string): boolean {
  if (service === 'iam')
    return (
      resource === 'root' ||
      /^(?:user|role|saml-provider|oidc-provider)\/(?:[\x21-\x7e]*\/)?[\w+=,.@:-]+$/.test(resource)
    )
  return (
    service === 'sts' &&
    /^(?:assumed-role\/[\w+=,.@-]+\/[\w+=,.@-]+|federated-user\/[\w+=,.@-]+|self)$/.test(resource)
  )
}
