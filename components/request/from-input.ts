/** From the input of an earlier change back to a form, for asking again or for longer. What is not understood stays blank. */
import { grantOperations } from '@/lib/changes/kinds/grant-operations'
import type { Facts } from '@/lib/changes/kind'
import type { FormKindName } from './kinds'
import { blankGrant, blankValues, type GrantValues, type Pair, type Values } from './values'

const textOf = (value: unknown): string => (typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '')
const factsOf = (value: unknown): Facts => (typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {})
const textsOf = (value: unknown): string[] => (Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [])

function toPairs(value: unknown): readonly Pair[] {
  const pairs = Object.entries(factsOf(value)).map(([name, one]): Pair => [name, textOf(one)])
  return pairs.length > 0 ? pairs : [['', '']]
}

/** Also one that came from a task: what was approved is what is shown, every part of it. */
function toGrant(input: Facts): GrantValues {
  const { EncryptionContextEquals: equals, EncryptionContextSubset: subset, SourceArn } = factsOf(input.constraints)
  const service = textOf(input.granteeServicePrincipal)
  const retiringService = textOf(input.retiringServicePrincipal)
  const retiring = textOf(input.retiringPrincipal)
  const operations = textsOf(input.operations)
  return {
    ...blankGrant, how: 'free', granteeIs: service ? 'service' : 'principal', grantee: service || textOf(input.granteePrincipal),
    operations: grantOperations.filter((name) => operations.includes(name)),
    context: equals ? 'equals' : subset ? 'subset' : 'any', pairs: toPairs(equals ?? subset), sourceArn: textOf(SourceArn),
    retiringIs: retiringService ? 'service' : retiring ? 'principal' : 'nobody', retiring: retiringService || retiring,
  }
}

export function fromInput(kind: FormKindName, input: Facts): Values {
  const or = (name: string, fallback: string) => textOf(input[name]) || fallback
  return {
    ...blankValues,
    grant: kind === 'grant-create' ? toGrant(input) : blankGrant,
    grantId: or('grantId', ''), owner: or('owner', ''), reason: or('reason', ''), policy: or('policy', ''), draftId: textOf(input.draftId) || null,
    hasPolicy: kind !== 'policy-put' && typeof input.policy === 'string',
    pendingWindowInDays: or('pendingWindowInDays', blankValues.pendingWindowInDays), rotationPeriodInDays: or('rotationPeriodInDays', blankValues.rotationPeriodInDays),
    alias: or('aliasName', '').replace(/^alias\//, ''), fromKeyArn: or('fromKeyArn', ''), tags: toPairs(input.tags), tagKeys: textsOf(input.tagKeys),
    description: or('description', ''), keySpec: or('keySpec', blankValues.keySpec), keyUsage: or('keyUsage', blankValues.keyUsage), origin: or('origin', blankValues.origin),
    multiRegion: input.multiRegion === true, customKeyStoreId: or('customKeyStoreId', ''), xksKeyId: or('xksKeyId', ''),
    toRegion: textOf(input.replicaRegion) || textOf(input.primaryRegion), quotaCode: or('quotaCode', ''), desiredValue: or('desiredValue', ''),
  }
}
