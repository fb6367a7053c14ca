import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { checkNode, needsLocalSignIn, readSettings } from './settings.mjs'

const live = { CLAVIGER_AWS: 'live', CLAVIGER_LOCAL_SIGN_IN: false, HOST: '127.0.0.1' }
const oidc = {
  OIDC_ISSUER: 'https://id.example',
  OIDC_CLIENT_ID: 'claviger',
  OIDC_CLIENT_SECRET: 'secret',
}

describe('sign-in', () => {
  test('real AWS without sign-in stops and names both ways out', () => {
    expect(() => needsLocalSignIn(live)).toThrow(/OIDC_ISSUER.*CLAVIGER_LOCAL_SIGN_IN=1/)
  })
  test.each(['0.0.0.0', '10.0.0.5', '::', 'console.example.com'])(
    'local sign-in to real AWS is refused on HOST=%s',
    (HOST) => {
      expect(() => needsLocalSignIn({ ...live, CLAVIGER_LOCAL_SIGN_IN: true, HOST })).toThrow(
        'works on loopback alone',
      )
    },
  )
  test.each(['127.0.0.1', '127.0.0.9', 'localhost', '::1'])(
    'local sign-in to real AWS works on HOST=%s',
    (HOST) => {
      expect(needsLocalSignIn({ ...live, CLAVIGER_LOCAL_SIGN_IN: true, HOST })).toBe(true)
    },
  )
  test('with an issuer nobody made up can sign in, sandbox or not', () => {
    expect(needsLocalSignIn({ ...live, ...oidc, CLAVIGER_LOCAL_SIGN_IN: true })).toBe(false)
    expect(needsLocalSignIn({ ...live, ...oidc, CLAVIGER_AWS: 'sandbox' })).toBe(false)
  })
  test('half an issuer is refused rather than replaced by made-up people', () => {
    expect(() =>
      needsLocalSignIn({ ...live, CLAVIGER_AWS: 'sandbox', OIDC_ISSUER: oidc.OIDC_ISSUER }),
    ).toThrow('half set')
  })
})

test('production makes nothing up', async () => {
  await expect(
    readSettings({
      NODE_ENV: 'production',
      CLAVIGER_PRODUCTION: '1',
      CLAVIGER_AWS: 'live',
      ...oidc,
    }),
  ).rejects.toThrow(/DATABASE_URL.*NEXTAUTH_SECRET.*CLAVIGER_AUDIT_KEY_FILE/)
})

test('a Node too old is named before anything fails for it', () => {
  expect(() => checkNode('20.18.3')).toThrow('needs Node 20.19 or newer; this is 20.18.3')
  expect(() => checkNode('20.19.0')).not.toThrow()
  expect(() => checkNode('22.0.0')).not.toThrow()
})

describe('npm start', () => {
  const start = (env: Record<string, string>) =>
    spawnSync(process.execPath, [path.join(import.meta.dirname, 'start.mjs')], {
      encoding: 'utf8',
      env: { NODE_ENV: 'test', PATH: process.env.PATH ?? '', ...env },
    })

  test.each([
    [{ CLAVIGER_AWS: 'live' }, 'CLAVIGER_LOCAL_SIGN_IN=1'],
    [{ PORT: 'http' }, 'PORT is no port'],
    [{ CLAVIGER_DATA_DIR: '/dev/null/claviger' }, 'set CLAVIGER_DATA_DIR to another folder'],
  ])('%o ends with one line, status 1 and no stack', (env, words) => {
    const { status, stderr, stdout } = start(env)
    expect(stderr).toContain(words)
    expect(stderr.trim().split('\n')).toHaveLength(1)
    expect(stdout).toBe('')
    expect(status).toBe(1)
  })
})
