import { expect, it } from 'vitest'
import { cancelChanges } from '../request/cancel'
import { decideChange } from '../decide/decide'
import { executeChange } from './execute'
import { claimChanges } from './lease'
import { prepareRequest } from '../request/prepare'
import { getRequest } from '../read/get-request'
import { sendRequest } from '../request/send'
import { decryptGrant, openChangeFixture } from '../test/change-fixture'
import {
  addKey,
  asking,
  changesOf,
  decisionOf,
  letTimePass,
  permitFor,
  fixtureAccount,
} from '../test/fixtures'
import { productionContext } from '../kinds/execution-context'
import type { AskedRequest } from '../request/ask'

const { sql, aws, ann, bob, askApproved } = await openChangeFixture({ bobIs: 'admin' })
await sql.execute(
  `CREATE FUNCTION audit_fails() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION
    'no space left for the audit log'; END $$`,
)

/** `events` null: none can be written. */
async function withoutAudit<T>(events: string | null, run: () => Promise<T>): Promise<T> {
  await sql.execute(
    'CREATE TRIGGER audit_fails BEFORE INSERT ON "AuditEntry" FOR EACH ROW ' +
      `${events === null ? '' : `WHEN (NEW."event" = '${events}')`} EXECUTE ` +
      'FUNCTION audit_fails()',
  )
  try {
    return await run()
  } finally {
    await sql.execute('DROP TRIGGER audit_fails ON "AuditEntry"')
  }
}

/** Mutating calls of the role for changes that the sandbox let through. */
function countMutations(): number {
  const regions = [...(aws.sandbox.world.accounts.get(fixtureAccount)?.regions.values() ?? [])]
  return regions
    .flatMap(({ events }) => events)
    .filter(
      ({ record }) =>
        !record.readOnly &&
        record.errorCode === undefined &&
        JSON.stringify(record.userIdentity).includes(':assumed-role/ClavigerWrite/'),
    ).length
}

const approved = async (asked: AskedRequest) => (await askApproved(asked)).requestId

async function work(): Promise<void> {
  for (const mode of ['undo', 'do'] as const) {
    const leases = await claimChanges(productionContext, 'test', mode, 20).catch(() => [])
    await Promise.all(
      leases.map((lease) =>
        executeChange(productionContext, lease, new AbortController().signal).catch(() => {}),
      ),
    )
  }
  await letTimePass(aws.url, 30)
}

it.each([
  ['any entry', null],
  ['the entry of a call', 'change.sent'],
  ['the entry of a beginning', 'change.begun'],
])(
  'while %s cannot be written, nothing reaches AWS and nothing is lost',
  async (_, event) => {
    const key = await addKey(aws.url)
    const requests = [
      await approved(asking('grant-create', key.arn, decryptGrant)),
      await approved(asking('description', key.arn, { description: 'new' })),
      await approved(asking('rotate-now', key.arn, {})),
      await approved({
        justification: 'x',
        changes: [
          {
            kind: 'key-create',
            accountId: fixtureAccount,
            region: 'eu-west-1',
            keyArn: null,
            input: {},
            startsAt: null,
          },
        ],
      }),
    ]
    const before = countMutations()
    await withoutAudit(event, async () => {
      for (let turn = 0; turn < 4; turn++) await work()
    })
    expect(countMutations()).toBe(before)
    for (let turn = 0; turn < 4; turn++) await work()
    expect(countMutations()).toBe(before + requests.length)
    for (const id of requests) expect(await changesOf(id)).toMatchObject([{ status: 'applied' }])
  },
  60_000,
)

it('what people do is refused while the audit log cannot be written; reading goes on', async () => {
  const key = await addKey(aws.url)
  const { id } = await prepareRequest(
    permitFor(ann, 'requests.create'),
    asking('description', key.arn, { description: 'x' }),
  )
  await withoutAudit(null, async () => {
    await expect(
      prepareRequest(
        permitFor(ann, 'requests.create'),
        asking('description', key.arn, { description: 'y' }),
      ),
    ).rejects.toThrow()
    await expect(sendRequest(permitFor(ann, 'requests.create'), { id })).rejects.toThrow()
    expect((await getRequest(permitFor(ann, 'requests.read'), id)).sentAt).toBeNull()
  })
  await sendRequest(permitFor(ann, 'requests.create'), { id })
  const [change] = await changesOf(id)
  await withoutAudit(null, async () => {
    await expect(
      decideChange(permitFor(bob, 'requests.decide'), await decisionOf(change?.id ?? '')),
    ).rejects.toThrow()
    await expect(
      cancelChanges(permitFor(ann, 'requests.create'), {
        requestId: id,
        changeId: null,
        reason: '',
      }),
    ).rejects.toThrow()
  })
  expect(await changesOf(id)).toMatchObject([{ status: 'open' }])
})
