import { spawnSync } from 'node:child_process'
import { cpSync, rmSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { makeTempDir, rootDir } from '../launch/paths.mjs'

const checkout = makeTempDir('checkout')
afterAll(() => rmSync(checkout, { recursive: true, force: true }))

test('on a checkout without the generated client a bench makes it, and runs', () => {
  const generated = path.join(rootDir, 'lib/db/generated')
  for (const name of ['lib', 'prisma', 'package.json', 'tsconfig.json']) {
    cpSync(path.join(rootDir, name), path.join(checkout, name), {
      recursive: true,
      filter: (source) => !source.startsWith(generated),
    })
  }
  symlinkSync(path.join(rootDir, 'node_modules'), path.join(checkout, 'node_modules'))
  const { stdout, stderr, status } = spawnSync(
    'npm',
    ['run', '--silent', 'bench:faults', '--', '--points', '0', '--kills', '0'],
    { cwd: checkout, encoding: 'utf8', env: { ...process.env, VITEST: '' } },
  )
  expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' })
  expect(stdout.trim().split('\n').at(-1)).toContain('"lost":0')
}, 120_000)
