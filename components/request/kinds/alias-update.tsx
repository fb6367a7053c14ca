import { traits } from '@/lib/changes/kinds/alias-update/traits'
import { MovedAlias } from '../alias-fields'
import { fromAliasName, textOf, toAliasName } from '../typed'
import type { KindForm } from './form'

export const aliasUpdateForm: KindForm = {
  ...traits,
  Fields: MovedAlias,
  toInput: ({ alias, fromKeyArn }) => ({ aliasName: toAliasName(alias), fromKeyArn }),
  fromInput: ({ aliasName, fromKeyArn }) => ({
    alias: fromAliasName(aliasName),
    fromKeyArn: textOf(fromKeyArn),
  }),
}
