import type {
  JsonNode,
  JsonObject,
  Located,
  PolicyDocument,
  PolicyStatement,
  PolicyType,
  Span,
} from './document'
import { grammarOf, measurePolicy } from './grammar'
import { nodeOfValue, readJson, type JsonReading } from './json'
import { parseStatement } from './parse-statement'
import { describe, Parsing } from './parsing'

/**
 * Reads the text of a policy. Never throws: what cannot be read becomes a problem with its place.
 */
export function parsePolicy(text: string, type: PolicyType): PolicyDocument {
  const parsing = new Parsing(type, text)
  checkText(parsing, text)
  return readPolicy(parsing, text, readJson(text))
}

/** Reads a policy that is a JSON value already. Its places have paths, but no offsets. */
export function parsePolicyValue(value: unknown, type: PolicyType): PolicyDocument {
  return readPolicy(new Parsing(type, ''), '', { root: nodeOfValue(value), failure: null })
}

function readPolicy(
  parsing: Parsing,
  text: string,
  { root, failure }: JsonReading,
): PolicyDocument {
  const document: PolicyDocument = {
    type: parsing.type,
    text,
    root,
    version: null,
    id: null,
    variables: false,
    statements: [],
    problems: parsing.problems,
    broken: failure !== null,
  }
  if (failure) {
    // What was read so far is shown; what it lacks is not held against it, the
    // syntax error is the reason.
    const partial = new Parsing(parsing.type, text)
    parsing.report('JSON_SYNTAX_ERROR', '', failure.span, failure.message)
    if (root?.kind === 'object') readObject(partial, root, document)
  } else if (root?.kind === 'object') readObject(parsing, root, document)
  else {
    parsing.report(
      'DATA_TYPE_MISMATCH',
      '',
      root ?? { start: 0, end: 0 },
      `A policy must be a JSON object, not ${root ? describe(root) : 'empty'}.`,
    )
    document.broken = true
  }
  return document
}

function readObject(parsing: Parsing, root: JsonObject, document: PolicyDocument): void {
  let statements: { node: JsonNode } | undefined
  for (const [name, member] of parsing.membersOf(root, '')) {
    if (name === 'Version') document.version = readVersion(parsing, member.node)
    else if (name === 'Id') document.id = parsing.readString(member.node, 'Id', 'Id')
    else if (name === 'Statement') statements = member
    else refuseElement(parsing, document, name, member.name)
  }
  document.variables = document.version?.value === '2012-10-17'
  if (parsing.type === 'scp' || parsing.type === 'rcp')
    checkControlVersion(parsing, root, document.version)
  if (!statements) {
    parsing.report(
      'MISSING_STATEMENT',
      '',
      { start: root.start, end: root.end },
      'The policy has no Statement.',
    )
    document.broken = true
    return
  }
  const { node } = statements
  if (node.kind !== 'array' && node.kind !== 'object') {
    parsing.report(
      'DATA_TYPE_MISMATCH',
      'Statement',
      node,
      `Statement must be a statement or a list of them, not ${describe(node)}.`,
    )
    document.broken = true
    return
  }
  const nodes = node.kind === 'array' ? node.items : [node]
  if (nodes.length === 0)
    parsing.report('MISSING_STATEMENT', 'Statement', node, 'The list of statements is empty.')
  for (const [index, item] of nodes.entries()) {
    if (parsing.full) break
    document.statements.push(parseStatement(parsing, item, index, document.variables))
  }
  document.broken ||= parsing.full
  checkSids(parsing, document.statements)
  if (parsing.type === 'rcp') checkControlPolicy(parsing, document.statements)
}

function refuseElement(parsing: Parsing, document: PolicyDocument, name: string, span: Span): void {
  const meant = ['Version', 'Id', 'Statement'].find(
    (known) => known.toLowerCase() === name.toLowerCase(),
  )
  const hint = meant ? ` Element names distinguish case: write "${meant}".` : ''
  parsing.report(
    'INVALID_POLICY_ELEMENT',
    name,
    span,
    `"${name}" is no element of a policy.${hint}`,
  )
  document.broken ||= meant !== undefined
}

function readVersion(parsing: Parsing, node: JsonNode): Located<string> | null {
  const version = parsing.readString(node, 'Version', 'Version')
  if (version && version.value !== '2012-10-17' && version.value !== '2008-10-17') {
    parsing.report(
      'INVALID_VERSION',
      'Version',
      version.span,
      `"${version.value.slice(0, 40)}" is no version; there are "2012-10-17" and "2008-10-17".`,
    )
  }
  return version
}

/** Organizations guide: every SCP and RCP has a Version, and it is 2012-10-17. */
function checkControlVersion(
  parsing: Parsing,
  root: JsonObject,
  version: Located<string> | null,
): void {
  const needs = `In ${grammarOf(parsing.type).name} "Version": "2012-10-17" must be there.`
  if (!version) parsing.report('MISSING_VERSION', '', { start: root.start, end: root.end }, needs)
  else if (version.value === '2008-10-17')
    parsing.report('INVALID_VERSION', 'Version', version.span, needs)
}

function checkSids(parsing: Parsing, statements: readonly PolicyStatement[]): void {
  const seen = new Set<string>()
  for (const { sid } of statements) {
    if (!sid || sid.value === '') continue
    if (seen.has(sid.value)) {
      const severity = grammarOf(parsing.type).uniqueSids ? 'error' : 'warning'
      parsing.report(
        'UNIQUE_SIDS_REQUIRED',
        sid.path,
        sid.span,
        `The Sid "${sid.value.slice(0, 80)}" stands in two statements.`,
        severity,
      )
    }
    seen.add(sid.value)
  }
}

/**
 * Organizations: only its own RCPFullAWSAccess may allow, and a customer's RCP names
 * the service of each action.
 */
function checkControlPolicy(parsing: Parsing, statements: readonly PolicyStatement[]): void {
  const [only] = statements
  if (
    statements.length === 1 &&
    only?.effect?.value === 'Allow' &&
    isStar(only.action) &&
    isStar(only.resource) &&
    !only.conditions?.length
  )
    return
  for (const { effect, action } of statements) {
    if (effect?.value === 'Allow') {
      parsing.report(
        'UNSUPPORTED_EFFECT',
        effect.path,
        effect.span,
        'A resource control policy can only deny; RCPFullAWSAccess is the only one that allows.',
      )
    }
    for (const { value, path, span } of action?.values ?? []) {
      // The guide's text and its examples disagree on a lone "*": say it,
      // without calling it refused.
      if (value === '*')
        parsing.report(
          'INVALID_ACTION',
          path,
          span,
          'A resource control policy should name the service: "kms:*".',
          'warning',
        )
    }
  }
}

function isStar(element: PolicyStatement['action']): boolean {
  return element !== null && !element.negated && element.values.some(({ value }) => value === '*')
}

function checkText(parsing: Parsing, text: string): void {
  const { latinOnly, maxSize, sizeUnit, name } = grammarOf(parsing.type)
  const size = measurePolicy(text, sizeUnit)
  if (size > maxSize) {
    const message =
      `The document has ${size.toLocaleString('en')} ${sizeUnit}; ${name} may have ` +
      `${maxSize.toLocaleString('en')}.`
    parsing.report('POLICY_SIZE_EXCEEDED', '', { start: 0, end: text.length }, message)
  }
  if (!latinOnly) return
  const foreign = /[^\t\n\r\u0020-\u00ff]/u.exec(text)
  if (foreign) {
    const span = { start: foreign.index, end: foreign.index + foreign[0].length }
    const code = (foreign[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
    parsing.report(
      'INVALID_CHARACTER',
      '',
      span,
      `KMS stores characters up to U+00FF only; this is U+${code}.`,
    )
  }
}
