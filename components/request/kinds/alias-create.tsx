import { traits } from '@/lib/changes/kinds/alias-create/traits'
import { AliasName } from '../alias-fields'
import { fromAliasName, toAliasName } from '../typed'
import type { KindForm } from './form'

export const aliasCreateForm: KindForm = {
  ...traits,
  Fields: AliasName,
  toInput: ({ alias }) => ({ aliasName: toAliasName(alias) }),
  fromInput: ({ aliasName }) => ({ alias: fromAliasName(aliasName) }),
}
