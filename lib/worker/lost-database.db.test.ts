import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { openChangeFixture } from '../changes/test/change-fixture'
import { addKey, asking } from '../changes/test/fixtures'
import { openCuttingProxy } from '../db/test/cut-connections'
import { makeAuditKey } from './test/audit-key'

const { sql, url, aws, askApproved } = await openChangeFixture()

it('a worker whose connections are lost again and again lives on and does what is asked', async () => {
  const proxy = await openCuttingProxy(url)
  const worker = spawn(
    process.execPath,
    ['--import', 'tsx', '--conditions=react-server', 'lib/worker/main.ts'],
    {
      env: {
        ...process.env,
        DATABASE_URL: proxy.url,
        CLAVIGER_AUDIT_KEY_FILE: await makeAuditKey(),
        CLAVIGER_PART: 'worker',
        LOG_LEVEL: 'fatal',
        VITEST: '',
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  )
  let said = ''
  worker.stderr.on('data', (data: Buffer) => {
    said += data.toString()
  })
  const describe = async (text: string) =>
    askApproved(asking('description', (await addKey(aws.url)).arn, { description: text }))
  const isDone = async ({ changeId }: { changeId: string }) =>
    (
      await sql.query(`SELECT 1 FROM "Change" WHERE "id" = $1::uuid AND "status" = 'applied'`, [
        changeId,
      ])
    ).length === 1
  try {
    const first = await describe('before')
    await expect.poll(() => isDone(first), { timeout: 40_000 }).toBe(true)
    const amid = await describe('while they are lost')
    let lost = 0
    for (let turn = 0; lost < 150 && turn < 3_000; turn++) {
      if (turn % 3 === 0)
        await sql.query(
          `SELECT pg_terminate_backend(pid) FROM (SELECT pid FROM pg_stat_activity
            WHERE datname = current_database() AND application_name LIKE 'claviger %'
            ORDER BY random() LIMIT 1) one`,
        )
      lost += proxy.cutOne()
      expect(worker.exitCode, said).toBe(null)
      await sleep(20)
    }
    expect(lost).toBeGreaterThanOrEqual(150)
    const last = await describe('after')
    await expect.poll(() => isDone(last), { timeout: 60_000 }).toBe(true)
    await expect.poll(() => isDone(amid), { timeout: 60_000 }).toBe(true)
    expect(worker.exitCode, said).toBe(null)
  } finally {
    worker.kill('SIGKILL')
    proxy.close()
  }
}, 180_000)
