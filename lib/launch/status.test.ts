import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { maskPassword } from './mask.mjs'

const dataDir = mkdtempSync(path.join(os.tmpdir(), 'claviger-status-'))
afterAll(() => rmSync(dataDir, { recursive: true, force: true }))

it('says where the database is, and not its password', () => {
  const nowhere = 'http://127.0.0.1:1'
  const run = {
    launcher: process.pid,
    startedAt: '2026-11-30T09:00:00.000Z',
    url: nowhere,
    web: nowhere,
    sandbox: null,
    identityProvider: null,
    database: 'postgresql://postgres:s3cret@127.0.0.1:5432/claviger',
    logs: path.join(dataDir, 'logs'),
  }
  writeFileSync(path.join(dataDir, 'run.json'), JSON.stringify(run))
  const { stdout, status } = spawnSync(process.execPath, ['lib/launch/status.mjs'], {
    env: { ...process.env, CLAVIGER_DATA_DIR: dataDir },
    encoding: 'utf8',
  })
  expect(status).toBe(0)
  expect(stdout).toContain('postgresql://postgres:***@127.0.0.1:5432/claviger')
  expect(stdout).not.toContain('s3cret')
}, 60_000)

it.each([
  ['postgresql:///claviger?user=a&password=s3cret', 'postgresql:///claviger?user=a&password=***'],
  ['postgresql://a@db/claviger', 'postgresql://a@db/claviger'],
  ['host=db password=s3cret', '(an address that is no URL)'],
])('masks %s', (address, shown) => expect(maskPassword(address)).toBe(shown))
