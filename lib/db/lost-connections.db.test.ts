import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { openCuttingProxy } from './test/cut-connections'
import { freshDatabase } from './test/database'

const { sql, url } = await freshDatabase()

/** Ends a backend of the process as an administrator would: between statements or in one. */
const terminateOne = () =>
  sql.query(
    `SELECT pg_terminate_backend(pid) FROM (SELECT pid FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid()
        AND application_name LIKE '%busy%' ORDER BY random() LIMIT 1) one`,
  )

test('a process lives on, and works again, however its connections are lost', async () => {
  const proxy = await openCuttingProxy(url)
  const busy = spawn(
    process.execPath,
    ['--import', 'tsx', '--conditions=react-server', 'lib/db/test/busy-process.ts'],
    {
      env: { ...process.env, DATABASE_URL: proxy.url, CLAVIGER_PART: 'busy', VITEST: '' },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  let said = ''
  let complaints = ''
  busy.stdout.on('data', (data: Buffer) => {
    said += data.toString()
  })
  busy.stderr.on('data', (data: Buffer) => {
    complaints += data.toString()
  })
  const names = ['statement', 'prisma', 'transaction', 'table', 'held', 'budget']
  const everyOneWorks = () => names.every((name) => said.includes(`${name}\n`))
  try {
    await expect.poll(everyOneWorks, { timeout: 30_000 }).toBe(true)
    let lost = 0
    for (const end = Date.now() + 8_000; Date.now() < end; await sleep(8)) {
      if (lost % 2 === 0) await terminateOne()
      else proxy.cutOne()
      lost += 1
      if (lost % 150 === 0) proxy.cutAll()
      expect(busy.exitCode, complaints).toBe(null)
    }
    expect(lost).toBeGreaterThan(250)
    said = ''
    // More than a turn of each: no connection of the pool was lost for good.
    await expect.poll(() => said.split('\n').length, { timeout: 30_000 }).toBeGreaterThan(500)
    expect(everyOneWorks(), said.slice(-500)).toBe(true)
    expect(busy.exitCode, complaints).toBe(null)
  } finally {
    busy.kill('SIGKILL')
    proxy.close()
  }
})
