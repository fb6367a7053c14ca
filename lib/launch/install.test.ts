import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { installLock, isInstalled } from './install.mjs'

let root = ''
beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'claviger-install-'))
  mkdirSync(path.join(root, 'node_modules'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const wanted = {
  '': { version: '0.1.0' },
  'node_modules/a': { version: '1.0.0' },
  'node_modules/a-macos': { version: '1.0.0', optional: true },
}
function lay(there: object | null) {
  writeFileSync(path.join(root, 'package-lock.json'), JSON.stringify({ packages: wanted }))
  if (there)
    writeFileSync(
      path.join(root, 'node_modules/.package-lock.json'),
      JSON.stringify({ packages: there }),
    )
  return isInstalled(root)
}

test('what the lockfile says is there', () =>
  expect(lay({ 'node_modules/a': { version: '1.0.0' } })).toBe(true))
test('a version changed by a pull is installed anew', () =>
  expect(lay({ 'node_modules/a': { version: '0.9.0' } })).toBe(false))
test('a missing package is installed, an optional one of another machine is not missed', () =>
  expect(lay({ 'node_modules/a-macos': { version: '1.0.0' } })).toBe(false))
test('an install that was interrupted is begun again', () => expect(lay(null)).toBe(false))

test('installing leaves nothing in the project beside its packages', () => {
  expect(path.relative(root, installLock(root))).toMatch(/^\.\./)
  expect(installLock(root)).toBe(installLock(root))
  expect(installLock(root)).not.toBe(installLock(`${root}-other`))
})
