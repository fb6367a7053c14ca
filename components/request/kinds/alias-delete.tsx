import { traits } from '@/lib/changes/kinds/alias-delete/traits'
import { OwnAlias } from '../alias-fields'
import { fromAliasName, toAliasName } from '../typed'
import type { KindForm } from './form'

export const aliasDeleteForm: KindForm = {
  ...traits,
  Fields: OwnAlias,
  toInput: ({ alias }) => ({ aliasName: toAliasName(alias) }),
  fromInput: ({ aliasName }) => ({ alias: fromAliasName(aliasName) }),
}
