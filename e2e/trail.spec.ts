import { mkdtempSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { eventIdOf, kmsRecord } from '../lib/bench/trail-records'
import { expect, test } from './fixtures'
import { expectAccessible } from './support/accessible'
import { dataAccount } from './support/people'
import { trailCli } from './support/trail-cli'

test.describe.configure({ timeout: 180_000 })

/** Records of three accounts, one of them that of the person who looks. */
const records = Array.from({ length: 120 }, (_, n) =>
  kmsRecord(7, n).replaceAll('111122223333', dataAccount),
)
/** Of these alone: their user agent. */
const ofImport = '/trail?filter=agent.has.java/2.29.23'
const own = records.filter((record) => record.includes(`"recipientAccountId":"${dataAccount}"`))

test('log files imported on the host are a table, an event a page, and an undone import is gone', async ({
  page,
  login,
}) => {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'trail-e2e-'))
  writeFileSync(path.join(dir, 'a.json.gz'), gzipSync(`{"Records":[${records.join(',')}]}`))
  writeFileSync(path.join(dir, 'half.json'), '{"Records":[')
  const imported = trailCli('import', dir)
  expect(imported.stderr).toContain('half.json ends in the middle of its records: fetch it again')
  expect(imported.stdout).toMatch(/Import \d+: 2 files, 120 records, 120 new events of KMS/)
  expect(imported.status).toBe(1)

  await login(page, 'data-viewer')
  // Beside them are the events that LookupEvents brings.
  await page.goto(ofImport)
  await expect(page.getByRole('heading', { level: 1, name: `Trail (${own.length})` })).toBeVisible()
  await expectAccessible(page)

  const first = own[0] ?? ''
  const { eventID }: { eventID: string } = JSON.parse(first)
  await page.goto(`/trail?filter=event.eq.${eventID}`)
  await page.locator('tbody').getByRole('link').first().click()
  await expect(page).toHaveURL(new RegExp(`/trail/${dataAccount}/${eventID}`))
  await expect(page.getByText(/^Role service-\d+ \(session/)).toBeVisible()
  await expect(page.getByText(`"eventID": "${eventID}"`)).toBeVisible()
  await expectAccessible(page)

  const foreign = records.findIndex((record) => !own.includes(record))
  const { recipientAccountId: other } = JSON.parse(records[foreign] ?? '{}')
  await page.goto(`/trail/${other}/${eventIdOf(foreign)}`)
  await expect(page.getByText('There is no such event among those you can see.')).toBeVisible()

  const [, id = ''] = /Import (\d+):/.exec(imported.stdout) ?? []
  expect(trailCli('undo', id).stdout).toBe(`120 events of import ${id} are gone.\n`)
  await page.goto(ofImport)
  await expect(page.getByText('Nothing matches this filter')).toBeVisible()
})

test('the page of sources says how far each place is read, and which trail leaves KMS out', async ({
  page,
  login,
}) => {
  await login(page, 'data-viewer')
  await page.goto('/trail')
  await page.getByRole('link', { name: 'Sources' }).first().click()
  await expect(
    page.getByRole('heading', { level: 1, name: /^Trail sources \(\d+\)/ }),
  ).toBeVisible()
  const trail = page.getByRole('row', { name: /data-team/ })
  await expect(trail.getByText('Its event selectors exclude all events of KMS.')).toBeVisible()
  const lookups = page.getByRole('row', { name: /LookupEvents/ })
  await expect(lookups.getByText(/^All of \d+ days/).first()).toBeVisible()
  await expectAccessible(page)
})
