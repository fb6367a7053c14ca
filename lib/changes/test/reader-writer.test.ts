import {
  DescribeKeyCommand,
  CreateKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
} from '@aws-sdk/client-kms'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { adminOf, runSandbox } from '../../sandbox/test/running'
import { openReaderAndWriter } from './reader-writer'

let aws: Awaited<ReturnType<typeof runSandbox>>
beforeAll(async () => {
  aws = await runSandbox()
})
afterAll(() => aws.close())

it('reads with the read role and writes with the write role, each only as it may', async () => {
  const { KeyMetadata: key } = await aws.kms(adminOf('111122223333')).send(new CreateKeyCommand({}))
  const place = {
    accountId: '111122223333',
    region: 'eu-west-1',
    partition: 'aws',
    keyArn: key?.Arn ?? '',
  }
  const statement = {
    Effect: 'Allow',
    Action: ['kms:DisableKey'],
    Resource: [place.keyArn],
  } as const
  const { read, write, sent } = await openReaderAndWriter(
    aws.url,
    { place, sessionPolicy: () => [statement] },
    'change-1',
  )
  await write.kms('kms:DisableKey', (kms) =>
    kms.send(new DisableKeyCommand({ KeyId: place.keyArn })),
  )
  const now = await read.kms('kms:DescribeKey', (kms) =>
    kms.send(new DescribeKeyCommand({ KeyId: place.keyArn })),
  )
  expect(now.KeyMetadata?.KeyState).toBe('Disabled')
  await expect(
    write.kms('kms:EnableKey', (kms) => kms.send(new EnableKeyCommand({ KeyId: place.keyArn }))),
  ).rejects.toMatchObject({ kind: 'denied' })
  await expect(
    read.kms('kms:EnableKey', (kms) => kms.send(new EnableKeyCommand({ KeyId: place.keyArn }))),
  ).rejects.toMatchObject({ kind: 'denied' })
  expect(sent).toEqual(['kms:DisableKey', 'kms:EnableKey'])
})
