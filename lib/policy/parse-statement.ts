import { checkVariables } from './check-value'
import type {
  JsonNode,
  JsonObject,
  ListElement,
  Located,
  PolicyStatement,
  Span,
  StatementElementName,
} from './document'
import { grammarOf } from './grammar'
import { parseConditions } from './parse-condition'
import { parsePrincipal } from './parse-principal'
import { describe, spanOf, type Parsing } from './parsing'

const elementNames: readonly StatementElementName[] = [
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
]

interface Member {
  node: JsonNode
  name: Span
}

export function parseStatement(
  parsing: Parsing,
  node: JsonNode,
  index: number,
  variables: boolean,
): PolicyStatement {
  const statement: PolicyStatement = {
    path: `Statement[${index}]`,
    span: spanOf(node),
    index,
    sid: null,
    effect: null,
    principal: null,
    action: null,
    resource: null,
    conditions: null,
    elements: {},
    unreadable: null,
  }
  if (node.kind !== 'object') {
    parsing.report(
      'DATA_TYPE_MISMATCH',
      statement.path,
      node,
      `A statement must be an object, not ${describe(node)}.`,
    )
    return { ...statement, unreadable: 'it is not an object' }
  }
  const members = readElements(parsing, node, statement)
  readSidAndEffect(parsing, members, statement)
  readPrincipal(parsing, members, statement)
  readLists(parsing, members, statement, variables)
  const condition = members.get('Condition')
  if (condition) {
    const { conditions, sound } = parseConditions(
      parsing,
      condition.node,
      `${statement.path}.Condition`,
      variables,
    )
    statement.conditions = conditions
    if (!sound) statement.unreadable ??= 'its Condition cannot be understood'
  }
  return statement
}

function readElements(
  parsing: Parsing,
  node: JsonObject,
  statement: PolicyStatement,
): Map<StatementElementName, Member> {
  const members = new Map<StatementElementName, Member>()
  for (const [name, member] of parsing.membersOf(node, statement.path)) {
    const element = elementNames.find((known) => known === name)
    const path = `${statement.path}.${name}`
    if (element) {
      members.set(element, member)
      statement.elements[element] = { path, span: spanOf(member.node), name: member.name }
      continue
    }
    const meant = elementNames.find((known) => known.toLowerCase() === name.toLowerCase())
    const hint = meant ? ` Element names distinguish case: write "${meant}".` : ''
    parsing.report(
      'INVALID_POLICY_ELEMENT',
      path,
      member.name,
      `"${name}" is no element of a statement.${hint}`,
    )
    statement.unreadable ??= `it has an element "${name}" that IAM does not know`
  }
  return members
}

function readSidAndEffect(
  parsing: Parsing,
  members: Map<StatementElementName, Member>,
  statement: PolicyStatement,
): void {
  const sid = members.get('Sid')
  if (sid) {
    statement.sid = parsing.readString(sid.node, `${statement.path}.Sid`, 'Sid')
    if (
      statement.sid &&
      !grammarOf(parsing.type).freeSid &&
      !/^[A-Za-z0-9]*$/.test(statement.sid.value)
    ) {
      parsing.report(
        'UNSUPPORTED_SID',
        statement.sid.path,
        statement.sid.span,
        `In ${grammarOf(parsing.type).name} a Sid has letters and digits only.`,
      )
    }
  }
  const effect = members.get('Effect')
  if (!effect) {
    parsing.report(
      'MISSING_EFFECT',
      statement.path,
      statement.span,
      'The statement has no Effect: "Allow" or "Deny".',
    )
    statement.unreadable ??= 'it has no Effect'
    return
  }
  const read = parsing.readString(effect.node, `${statement.path}.Effect`, 'Effect')
  if (read?.value === 'Allow' || read?.value === 'Deny')
    statement.effect = { ...read, value: read.value }
  else {
    if (read)
      parsing.report(
        'INVALID_EFFECT',
        read.path,
        read.span,
        `"${read.value}" is no Effect; it is "Allow" or "Deny", in this spelling.`,
      )
    statement.unreadable ??= 'its Effect is neither "Allow" nor "Deny"'
  }
}

function readPrincipal(
  parsing: Parsing,
  members: Map<StatementElementName, Member>,
  statement: PolicyStatement,
): void {
  const grammar = grammarOf(parsing.type)
  const pick = pickOne(parsing, members, statement, 'Principal', 'NotPrincipal')
  if (!pick) {
    if (grammar.principal === 'forbidden') return
    parsing.report(
      'MISSING_PRINCIPAL',
      statement.path,
      statement.span,
      `In ${grammar.name} every statement has a Principal.`,
    )
    if (grammar.principal === 'required' && parsing.type === 'key')
      statement.unreadable ??= 'it has no Principal'
    return
  }
  const { name, member, negated } = pick
  const path = `${statement.path}.${name}`
  if (grammar.principal === 'forbidden') {
    const code = parsing.type === 'scp' ? 'SCP_SYNTAX_ERROR_PRINCIPAL' : 'UNSUPPORTED_PRINCIPAL'
    parsing.report(code, path, member.name, `${name} is not possible in ${grammar.name}.`)
    statement.unreadable ??= `it has a ${name}, which ${grammar.name} cannot have`
    return
  }
  if (negated && !grammar.notPrincipal) {
    parsing.report(
      'UNSUPPORTED_PRINCIPAL',
      path,
      member.name,
      `NotPrincipal is not possible in ${grammar.name}.`,
    )
    statement.unreadable ??= 'it has a NotPrincipal'
    return
  }
  statement.principal = parsePrincipal(parsing, member.node, path, negated)
  if (!statement.principal) statement.unreadable ??= `its ${name} cannot be understood`
  else if (
    grammar.principal === 'everyone' &&
    !statement.principal.values.every((value) => value.anyone)
  ) {
    parsing.report(
      'UNSUPPORTED_PRINCIPAL',
      path,
      member.node,
      'The Principal of a resource control policy is "*"; choose whom it binds in a condition.',
    )
  }
}

function readLists(
  parsing: Parsing,
  members: Map<StatementElementName, Member>,
  statement: PolicyStatement,
  variables: boolean,
): void {
  const grammar = grammarOf(parsing.type)
  for (const [plain, not] of [
    ['Action', 'NotAction'],
    ['Resource', 'NotResource'],
  ] as const) {
    const pick = pickOne(parsing, members, statement, plain, not)
    if (!pick) {
      if (!grammar.needsActionAndResource) continue
      parsing.report(
        `MISSING_${plain.toUpperCase()}`,
        statement.path,
        statement.span,
        `The statement has neither ${plain} nor ${not}.`,
      )
      statement.unreadable ??= `it has neither ${plain} nor ${not}`
      continue
    }
    const path = `${statement.path}.${pick.name}`
    const { list, values, sound } = parsing.readStrings(pick.member.node, path, pick.name)
    if (!sound) statement.unreadable ??= `its ${pick.name} cannot be understood`
    const element: ListElement = {
      path,
      span: spanOf(pick.member.node),
      negated: pick.negated,
      list,
      values,
    }
    if (plain === 'Action') {
      statement.action = element
      if (pick.negated && !grammar.notAction) {
        parsing.report(
          'UNSUPPORTED_ELEMENT_COMBINATION',
          path,
          pick.member.name,
          `NotAction is not possible in ${grammar.name}.`,
        )
      }
      for (const value of values) checkAction(parsing, value)
    } else {
      statement.resource = element
      for (const value of values) checkResource(parsing, value, variables)
    }
  }
}

/** Element or its Not-form; a statement with both is refused, and what it does is not known. */
function pickOne<Name extends StatementElementName>(
  parsing: Parsing,
  members: Map<StatementElementName, Member>,
  statement: PolicyStatement,
  plain: Name,
  not: Name,
): { name: Name; member: Member; negated: boolean } | null {
  const [yes, no] = [members.get(plain), members.get(not)]
  if (yes && no) {
    parsing.report(
      'UNSUPPORTED_ELEMENT_COMBINATION',
      `${statement.path}.${not}`,
      no.name,
      `A statement has either ${plain} or ${not}, not both.`,
    )
    statement.unreadable ??= `it has both ${plain} and ${not}`
  }
  if (yes) return { name: plain, member: yes, negated: false }
  return no ? { name: not, member: no, negated: true } : null
}

function checkAction(parsing: Parsing, { value, path, span }: Located<string>): void {
  if (value === '*' || value === '*:*') return
  if (value.includes('${')) {
    parsing.report(
      'VARIABLE_UNSUPPORTED_IN_ELEMENT',
      path,
      span,
      'Policy variables are not possible in an action.',
    )
  } else if (!/^[a-zA-Z0-9-]+:[a-zA-Z0-9*?]+$/.test(value)) {
    const message = value.includes(':')
      ? 'has a form that no action has'
      : 'lacks the service before the colon, as in "kms:Decrypt"'
    parsing.report('INVALID_ACTION', path, span, `"${value.slice(0, 80)}" ${message}.`)
  }
}

function checkResource(parsing: Parsing, located: Located<string>, variables: boolean): void {
  const { value, path, span } = located
  if (value.includes('${')) checkVariables(parsing, located, variables)
  // In a key policy a Resource that is no ARN is stored and matches
  // nothing: that is for lint to say.
  if (
    parsing.type === 'key' ||
    parsing.type === 'endpoint' ||
    value === '*' ||
    /^(?:arn:|\*|\$\{)/.test(value)
  )
    return
  parsing.report(
    'INVALID_ARN_PREFIX',
    path,
    span,
    `"${value.slice(0, 80)}" is neither an ARN nor "*".`,
  )
}
