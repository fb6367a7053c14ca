/**
 * lib/policy reads policies: text in, facts out. Pure: no I/O, nothing of node, so it also runs in
 * the browser for live lint.
 *
 *   parse.ts      parsePolicy(text, type) -> PolicyDocument. Never throws. `document.problems` says
 *                 where and why IAM would refuse it (severity error) or accept it and surely not do
 *                 what was meant (warning).
 *   evaluate.ts   evaluate(case) -> Answer: allow, deny, depends or unknown, with the statements
 *                 that decided. decide(case) is the same without words, for tables: parse each
 *                 policy once and pass the documents. A case is in case.ts. judge.ts has the order
 *                 of evaluation, scan.ts the policies, grants.ts the grants, conditions.ts the
 *                 operators, caller.ts and principal.ts who is who, operations.ts what AWS says of
 *                 each operation.
 *   locate.ts     offsets to lines and columns.
 *   lint/         judgement beyond the grammar.   explain/   sentences.   cli/   `npm run policy`.
 *
 * Everything parsed carries `path` (`Statement[2].Condition.StringEquals.aws:PrincipalOrgID[0]`,
 * always with the index of the statement, also where Statement is one object) and
 * `span` (UTF-16 offsets into `document.text`). Lines and columns are made on demand:
 * `rangeOf(document, span)`. Values are as written; case rules (element names are exact, action
 * names, condition keys and operators are not) are applied by what reads them.
 */

/**
 * key: KMS key policy. endpoint: VPC endpoint policy. session: policy passed to sts:AssumeRole.
 * The rest is as IAM names it.
 */
export type PolicyType = 'key' | 'identity' | 'scp' | 'rcp' | 'boundary' | 'session' | 'endpoint'

/** UTF-16 offsets, end exclusive. */
export interface Span {
  start: number
  end: number
}

/** line and column count from 1; offset from 0, in UTF-16 units as CodeMirror counts. */
export interface Position {
  offset: number
  line: number
  column: number
}
export interface Range {
  start: Position
  end: Position
}

export interface Placed {
  path: string
  span: Span
}
export interface Located<T> extends Placed {
  value: T
}

/** error: IAM or KMS refuses the document. warning: accepted, and cannot do what it says. */
export type ProblemSeverity = 'error' | 'warning'

export interface PolicyProblem {
  /**
   * Stable, in Access Analyzer's words where it has them, e.g.
   * `INVALID_EFFECT`, `MISSING_PRINCIPAL`.
   */
  code: string
  severity: ProblemSeverity
  /** '' for the document as a whole. */
  path: string
  range: Range
  message: string
}

export interface PolicyDocument {
  type: PolicyType
  /** As given to parsePolicy; for a document made of a value, its JSON with two spaces. */
  text: string
  /** null where the text is no JSON at all. */
  root: JsonNode | null
  version: Located<string> | null
  id: Located<string> | null
  /** Version 2012-10-17: `${…}` in resources and condition values is a policy variable. */
  variables: boolean
  statements: PolicyStatement[]
  problems: PolicyProblem[]
  /**
   * Something outside of the statements failed, or too much in them: what the
   * document says is not fully known.
   */
  broken: boolean
}

export type StatementElementName =
  | 'Sid'
  | 'Effect'
  | 'Principal'
  | 'NotPrincipal'
  | 'Action'
  | 'NotAction'
  | 'Resource'
  | 'NotResource'
  | 'Condition'

export interface PolicyStatement extends Placed {
  index: number
  sid: Located<string> | null
  effect: Located<'Allow' | 'Deny'> | null
  principal: PrincipalElement | null
  /** Action or NotAction; null where the statement has neither (in a key policy: inert). */
  action: ListElement | null
  /** Resource or NotResource; null where the statement has neither (in a key policy: inert). */
  resource: ListElement | null
  /** null: no Condition element. An empty list: `"Condition": {}`. All must hold. */
  conditions: PolicyCondition[] | null
  /** Where each element stands, name and value. */
  elements: Partial<Record<StatementElementName, Placed & { name: Span }>>
  /**
   * Something in it could not be understood (bad Effect, unknown operator, …): what it
   * does is not known. Says what.
   */
  unreadable: string | null
}

/** `span` covers the element's value; `list` says whether it was written as a list. */
export interface ListElement extends Placed {
  negated: boolean
  list: boolean
  values: Located<string>[]
}

export interface PrincipalElement extends Placed {
  negated: boolean
  values: PrincipalValue[]
}

export type PrincipalKind = 'AWS' | 'Service' | 'Federated' | 'CanonicalUser'

/**
 * `anyone` is the bare `"*"`, which is the same as `{"AWS": "*"}`: everyone, the anonymous
 * too. `kind` is AWS for it.
 */
export interface PrincipalValue extends Located<string> {
  kind: PrincipalKind
  anyone: boolean
}

export type ConditionType =
  | 'String'
  | 'Numeric'
  | 'Date'
  | 'Bool'
  | 'Binary'
  | 'IpAddress'
  | 'Arn'
  | 'Null'

export interface ConditionOperator {
  /** In AWS's spelling without qualifier and IfExists: `StringNotEqualsIgnoreCase`. */
  name: string
  type: ConditionType
  negated: boolean
  qualifier: 'ForAllValues' | 'ForAnyValue' | null
  ifExists: boolean
}

/** One key under one operator. */
export interface PolicyCondition extends Placed {
  operator: ConditionOperator
  operatorSpan: Span
  /** As written, `aws:PrincipalOrgID`. */
  key: string
  /**
   * Lower case: condition key names do not distinguish case, the names behind
   * kms:EncryptionContext: and aws:…Tag/ neither.
   */
  keyName: string
  keySpan: Span
  list: boolean
  /** `raw` is what stood in the JSON, `value` its text. */
  values: ConditionValue[]
}

export interface ConditionValue extends Located<string> {
  raw: string | number | boolean
}

export type JsonNode = JsonObject | JsonArray | JsonScalar
export interface JsonObject extends Span {
  kind: 'object'
  members: JsonMember[]
}
export interface JsonMember {
  name: string
  nameSpan: Span
  value: JsonNode
}
export interface JsonArray extends Span {
  kind: 'array'
  items: JsonNode[]
}
export interface JsonScalar extends Span {
  kind: 'string' | 'number' | 'boolean' | 'null'
  value: string | number | boolean | null
  text: string
}
