import { expect, it } from 'vitest'
import { appendAudit } from '../audit/append'
import { commentOnRequest } from './decide/comment'
import { prepareRequest } from './request/prepare'
import { sendRequest } from './request/send'
import { decryptGrant, openChangeFixture } from './test/change-fixture'
import { addKey, asking, permitFor } from './test/fixtures'

const { transaction, aws, ann, bob } = await openChangeFixture({ bobIs: 'admin' })

it('text that no database keeps is refused in words, and no text stops an entry or a notice', async () => {
  const key = await addKey(aws.url)
  const permit = permitFor(ann, 'requests.create')
  for (const odd of ['a\u0000b', 'half \ud83d', '\udc00']) {
    await expect(
      prepareRequest(permit, {
        ...asking('description', key.arn, { description: 'x' }),
        justification: odd,
      }),
    ).rejects.toMatchObject({
      code: 'invalid',
      details: { fields: { justification: [expect.stringMatching(/character/)] } },
    })
    await expect(
      prepareRequest(permit, asking('description', key.arn, { description: odd })),
    ).rejects.toMatchObject({
      code: 'invalid',
      details: { fields: { 'changes.0.input.description': [expect.stringMatching(/character/)] } },
    })
    await expect(
      prepareRequest(
        permit,
        asking('grant-create', key.arn, {
          ...decryptGrant,
          constraints: { EncryptionContextEquals: { [odd]: 'x' } },
        }),
      ),
    ).rejects.toMatchObject({ code: 'invalid' })
  }
  const emoji = `${'x'.repeat(59)}${'😀'.repeat(500)}`
  const { id } = await prepareRequest(permit, {
    ...asking('key-create', null, { description: emoji }),
    title: 'x'.repeat(40),
  })
  await sendRequest(permit, { id })
  await commentOnRequest(permitFor(bob, 'requests.read'), {
    requestId: id,
    text: `${'x'.repeat(499)}😀`,
  })
  await transaction((tx) =>
    appendAudit(tx, {
      event: 'setting.changed',
      actor: { id: null, name: 'w\u0000\ud83d' },
      data: { 'a\u0000': ['\udc00'] },
    }),
  )
})
