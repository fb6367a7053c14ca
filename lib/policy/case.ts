import { compilePolicy, type CompiledPolicy } from './compile'
import type { PolicyDocument, PolicyType } from './document'
import type { Grant } from './grants'
import { parsePolicy, parsePolicyValue } from './parse'
import type { RequestInput } from './request'

/** A parsed document, its text, or its JSON. null: it exists and we may not read it. */
export type PolicyInput = PolicyDocument | string | object | null

/**
 * One question. Of the lists: absent is not in force, `[]` is in force and allows nothing
 * (identityPolicies: has none), null is not known. keyPolicy absent: the key policy allows
 * nothing. Parse policies once and pass documents where many questions are asked: what was made
 * of a document is kept with it.
 */
export interface Case {
  request: RequestInput
  /** May also stand in the request. */
  contextComplete?: boolean
  keyPolicy?: PolicyInput
  identityPolicies?: readonly PolicyInput[] | null
  /** All must allow. */
  permissionBoundaries?: readonly PolicyInput[] | null
  /** One must allow. */
  sessionPolicies?: readonly PolicyInput[] | null
  /** Each level, from the root of the organization to the account, must have one that allows. */
  serviceControlPolicies?: readonly (readonly PolicyInput[] | null)[] | null
  resourceControlPolicies?: readonly (readonly PolicyInput[] | null)[] | null
  /** One must allow. */
  vpcEndpointPolicies?: readonly PolicyInput[] | null
  /** As ListGrants gives them. */
  grants?: readonly Grant[] | null
}

/** null: not known. */
export type PolicyList = readonly (CompiledPolicy | null)[]

/** A case's policies made ready. undefined: not in force. */
export interface Inputs {
  keyPolicy: CompiledPolicy | null | undefined
  identityPolicies: PolicyList | null
  permissionBoundaries: PolicyList | null | undefined
  sessionPolicies: PolicyList | null | undefined
  serviceControlPolicies: readonly (PolicyList | null)[] | null | undefined
  resourceControlPolicies: readonly (PolicyList | null)[] | null | undefined
  vpcEndpointPolicies: PolicyList | null | undefined
  grants: readonly Grant[] | null
}

export function prepareInputs(given: Case): Inputs {
  return {
    keyPolicy: given.keyPolicy === undefined ? undefined : compileInput(given.keyPolicy, 'key'),
    identityPolicies:
      compileList(
        given.identityPolicies ?? (given.identityPolicies === null ? null : []),
        'identity',
      ) ?? null,
    permissionBoundaries: compileList(given.permissionBoundaries, 'boundary'),
    sessionPolicies: compileList(given.sessionPolicies, 'session'),
    serviceControlPolicies: compileLevels(given.serviceControlPolicies, 'scp'),
    resourceControlPolicies: compileLevels(given.resourceControlPolicies, 'rcp'),
    vpcEndpointPolicies: compileList(given.vpcEndpointPolicies, 'endpoint'),
    grants: given.grants === undefined ? [] : given.grants,
  }
}

function compileList(
  list: readonly PolicyInput[] | null | undefined,
  type: PolicyType,
): PolicyList | null | undefined {
  return list?.map((input) => compileInput(input, type)) ?? (list === null ? null : undefined)
}

function compileLevels(
  levels: Case['serviceControlPolicies'],
  type: PolicyType,
): Inputs['serviceControlPolicies'] {
  return (
    levels?.map((level) => compileList(level, type) ?? null) ?? (levels === null ? null : undefined)
  )
}

/** A document of which not everything could be read is as good as one that we may not read. */
function compileInput(input: PolicyInput, type: PolicyType): CompiledPolicy | null {
  if (input === null) return null
  const document =
    typeof input === 'string'
      ? parsePolicy(input, type)
      : isDocument(input)
        ? input
        : parsePolicyValue(input, type)
  return document.broken ? null : compilePolicy(document)
}

function isDocument(input: object): input is PolicyDocument {
  return 'statements' in input && 'problems' in input && 'broken' in input
}
