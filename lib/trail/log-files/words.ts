/** What is wrong with a trail's bucket or one of its files, and what to do about it. Pure. */

/** As lib/aws classifies it. */
type Problem = { api: string; code: string; kind: string; message: string }
type Where = { bucket: string; bucketRegion: string; roleArn: string }

const roleName = (arn: string) => arn.slice(arn.lastIndexOf('/') + 1)

/** Says a failed call of AWS to a person. */
export function problemWords(problem: Problem, { bucket, bucketRegion, roleArn }: Where): string {
  const { api, code, kind, message } = problem
  const said = `AWS says (${code}): ${message}`
  const role = roleName(roleArn)
  if (api === 'sts:AssumeRole')
    return `The role ${roleArn} cannot be assumed. Deploy it as shown under Trail role. ${said}`
  if (code === 'NoSuchBucket')
    return (
      `The bucket ${bucket} is not there. Find out who deleted it: CloudTrail delivers nothing ` +
      'until it is back. If the trail has another one, change this source.'
    )
  if (code === 'PermanentRedirect')
    return `The bucket ${bucket} is not in ${bucketRegion}. Change the Region of this source.`
  if (code.startsWith('KMS.'))
    return `The key that the log files are encrypted with cannot be used; enable it. ${said}`
  if (kind !== 'denied')
    return kind === 'unavailable' || kind === 'throttled'
      ? `${api} failed; it is tried again. ${said}`
      : `${api} failed. ${said}`
  if (api === 's3:GetObject' && /\bkms\b/i.test(message))
    return (
      `${role} cannot decrypt the log files. Allow it kms:Decrypt through S3, in the role and in ` +
      `the policy of the key. ${said}`
    )
  if (api === 'cloudtrail:ListPublicKeys')
    return `${role} cannot read CloudTrail’s public keys, so that digests stay unverified. ${said}`
  return (
    `${role} cannot call ${api} on ${bucket}. Allow it in the role and in the bucket policy; ` +
    `the bucket must belong to the account of the role. ${said}`
  )
}

/** What is wrong with a file. */
export const fileStates = {
  waiting: 'Waiting',
  read: 'Read',
  bad: 'Unreadable',
  altered: 'Altered',
  gone: 'Missing',
  badDigest: 'Digest does not verify',
  gap: 'Digests missing',
} as const
export type FileState = keyof typeof fileStates
/** Those that a person has to look at. */
export const troubledStates: readonly FileState[] = ['bad', 'altered', 'gone', 'badDigest', 'gap']

const toDo: Readonly<Partial<Record<FileState, string>>> = {
  bad: 'Fetch it from a copy of the bucket and import it, then read it again here.',
  altered:
    'Its SHA-256 is not what the signed digest says: it was changed after CloudTrail delivered ' +
    'it. Its events are taken as they stand. Look for who wrote to the bucket, and for the older ' +
    'version of the object.',
  gone:
    'It was delivered and is not in the bucket any more. Look for who deleted it, or for a ' +
    'lifecycle rule shorter than Claviger was behind; its older version can be restored.',
  badDigest:
    'What it says of the log files of its hour is not believed. Look for who wrote to the bucket.',
  gap:
    'Log files of that time are read but cannot be proven whole. The trail was stopped, or its ' +
    'digests were deleted: look for StopLogging and DeleteObject.',
}

/** Says what is wrong with a file and what to do; null: nothing. */
export function fileWords(state: FileState, problem: string | null): string | null {
  const words = [problem && `${problem}.`, toDo[state]].filter(Boolean).join(' ')
  return words === '' ? null : words
}
