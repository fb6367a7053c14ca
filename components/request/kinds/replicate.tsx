import { traits } from '@/lib/changes/kinds/replicate/traits'
import { ReplicaFields } from '../region-fields'
import { fromPolicy, textOf, toPairs, toPolicy, toRecord } from '../typed'
import type { KindForm } from './form'

export const replicateForm: KindForm = {
  ...traits,
  Fields: ReplicaFields,
  toInput: (values) => ({
    replicaRegion: values.toRegion,
    description: values.description,
    policy: toPolicy(values),
    tags: toRecord(values.tags),
  }),
  fromInput: ({ replicaRegion, description, policy, tags }) => ({
    toRegion: textOf(replicaRegion),
    description: textOf(description),
    tags: toPairs(tags),
    ...fromPolicy(policy),
  }),
}
