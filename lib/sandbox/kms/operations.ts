import type { Operation, Operations } from '../call'
import { createKey } from './create-key'
import { decrypt, encrypt, reEncrypt } from './crypto-symmetric'
import {
  cancelKeyDeletion, describeKey, disableKey, enableKey, getKeyLastUsage, listKeys, scheduleKeyDeletion, updateKeyDescription,
} from './lifecycle'
import { listResourceTags, tagResource, untagResource } from './tags'
import { validateInput } from './validate'

/** Every operation of AWS KMS, behind the validation of the API model. */
export const kmsOperations: Operations = validated({
  CancelKeyDeletion: cancelKeyDeletion,
  CreateKey: createKey,
  Decrypt: decrypt,
  DescribeKey: describeKey,
  DisableKey: disableKey,
  EnableKey: enableKey,
  Encrypt: encrypt,
  GetKeyLastUsage: getKeyLastUsage,
  ListKeys: listKeys,
  ListResourceTags: listResourceTags,
  ReEncrypt: reEncrypt,
  ScheduleKeyDeletion: scheduleKeyDeletion,
  TagResource: tagResource,
  UntagResource: untagResource,
  UpdateKeyDescription: updateKeyDescription,
})

function validated(operations: Operations): Operations {
  return Object.fromEntries(
    Object.entries(operations).map(([name, run]): [string, Operation] => [
      name,
      (call, input) => {
        validateInput(name, input)
        return run(call, input)
      },
    ]),
  )
}
