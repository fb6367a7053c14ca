import { traits } from '@/lib/changes/kinds/grant-create/traits'
import { grantInput } from '@/lib/changes/kinds/shared/grant-input'
import { findTemplate } from '@/lib/changes/request/templates'
import { GrantFields } from '../grant-fields'
import { toFreeGrant, toGrant, toTask, toTaskValues } from '../grant-values'
import type { Fail, KindForm } from './form'

export const grantCreateForm: KindForm = {
  ...traits,
  Fields: GrantFields,
  hasOwnContainers: true,
  /** Throws the ZodError of a task, whose paths are names of the task's fields. */
  toInput: ({ grant }, { partition }) =>
    grant.how === 'task'
      ? (findTemplate(grant.task)?.build(toTaskValues(grant), { partition }) ?? {})
      : toFreeGrant(grant),
  fromInput(input, task) {
    const grant = toGrant(input)
    return { grant: (task && toTask(task, grant)) || grant }
  },
  templateOf: ({ grant }) => (grant.how === 'task' ? grant.task : null),
  // The schema judges the parties only once everything else does.
  requireMore({ grant }, fail) {
    if (grant.how === 'free' && grant.grantee.trim() === '')
      fail('input.granteePrincipal', 'Say who may use the key.')
    if (grant.how === 'task' && grant.task === '')
      fail('task', 'Choose a task, or compose the grant yourself.')
  },
  judge({ grant }, input, fail) {
    if (grant.how === 'free') judgeFreeGrant(input, fail)
  },
}

/** By the kind's own schema, so that all that is missing is said at once. */
function judgeFreeGrant(input: unknown, fail: Fail): void {
  for (const { path, message } of grantInput.safeParse(input).error?.issues ?? [])
    fail(['input', ...path.map(String)].join('.'), message)
}
