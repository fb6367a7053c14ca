import { traits } from '@/lib/changes/kinds/key-create/traits'
import { NewKeyFields } from '../new-key-fields'
import { isInStore } from '@/lib/kms/key-specs'
import { fromPolicy, orNull, textOf, toPairs, toPolicy, toRecord } from '../typed'
import { blankValues, type Values } from '../values'
import type { KindForm } from './form'

export const keyCreateForm: KindForm = {
  ...traits,
  Fields: NewKeyFields,
  toInput: toNewKey,
  fromInput: (input) => ({
    keySpec: textOf(input.keySpec) || blankValues.keySpec,
    keyUsage: textOf(input.keyUsage) || blankValues.keyUsage,
    origin: textOf(input.origin) || blankValues.origin,
    multiRegion: input.multiRegion === true,
    description: textOf(input.description),
    tags: toPairs(input.tags),
    ...fromPolicy(input.policy),
    customKeyStoreId: textOf(input.customKeyStoreId),
    xksKeyId: textOf(input.xksKeyId),
  }),
}

function toNewKey(values: Values) {
  const { keySpec, keyUsage, origin, multiRegion, description, customKeyStoreId, xksKeyId, tags } =
    values
  const inStore = isInStore(origin)
  return {
    keySpec,
    keyUsage,
    origin,
    multiRegion: multiRegion && !inStore,
    description,
    policy: toPolicy(values),
    tags: toRecord(tags),
    customKeyStoreId: inStore ? orNull(customKeyStoreId) : null,
    xksKeyId: origin === 'EXTERNAL_KEY_STORE' ? orNull(xksKeyId) : null,
  }
}
