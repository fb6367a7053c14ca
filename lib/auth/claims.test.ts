import { describe, expect, it } from 'vitest'
import { identityOf, lacksClaims } from './claims'
import { cookieNames } from './session-cookies'
import { safeReturnPath } from './return-path'

const names = { groups: 'groups', person: 'employee' }
const base = { iss: 'https://login.example.com', sub: 'u1' }

describe('who someone is', () => {
  it('is issuer and subject, nothing less', () => {
    expect(() => identityOf({ sub: 'u1' }, names)).toThrow()
    expect(() => identityOf({ iss: 'https://login.example.com', sub: ' ' }, names)).toThrow()
    expect(identityOf(base, names)).toMatchObject({
      issuer: base.iss,
      subject: 'u1',
      email: 'u1',
      name: 'u1',
      groups: [],
      personClaim: null,
      emailVerified: false,
    })
  })

  it('takes an e-mail for verified only when the provider says exactly so', () => {
    for (const email_verified of ['true', 1, undefined, null, false])
      expect(
        identityOf({ ...base, email: 'a@b.example', email_verified }, names).emailVerified,
      ).toBe(false)
    expect(
      identityOf({ ...base, email: 'a@b.example', email_verified: true }, names).emailVerified,
    ).toBe(true)
    expect(
      identityOf({ ...base, preferred_username: 'a@b.example', email_verified: true }, names)
        .emailVerified,
    ).toBe(false)
  })

  it('reads groups as lists or one name, and makes none of anything else', () => {
    expect(
      identityOf({ ...base, groups: ['a', 'b', 'a', '', 3, null, { name: 'admins' }] }, names)
        .groups,
    ).toEqual(['a', 'b'])
    expect(identityOf({ ...base, groups: 'a' }, names).groups).toEqual(['a'])
    expect(identityOf({ ...base, groups: { admins: true } }, names).groups).toEqual([])
  })

  it('asks userinfo when the token leaves something out', () => {
    expect(lacksClaims({ ...base, email: 'x', groups: [], employee: '7' }, names)).toBe(false)
    expect(lacksClaims({ ...base, email: 'x', groups: [] }, names)).toBe(true)
    expect(lacksClaims({ ...base, email: 'x', groups: [] }, { groups: 'groups' })).toBe(false)
  })
})

describe('the way back after sign-in', () => {
  it.each([
    'https://evil.example',
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    'javascript:alert(1)',
    '/api/auth/signout',
    '/sign-in?from=/x',
    '',
    null,
    `/${'x'.repeat(3_000)}`,
    '/\t/evil.example',
    'http:evil.example',
  ])('%o leads to the overview', (from) => {
    expect(safeReturnPath(from)).toBe('/')
  })
  it.each(['/keys?state=Enabled&page=2', '/keys/111122223333/eu-west-1/mrk-1'])(
    '%s is kept',
    (from) => {
      expect(safeReturnPath(from)).toBe(from)
    },
  )
})

describe('cookies', () => {
  it('are bound to the host over https, and to the port on loopback', () => {
    const secure = cookieNames('https://claviger.example.com').sessionToken
    expect(secure).toMatchObject({
      name: '__Host-claviger.session',
      options: { secure: true, httpOnly: true, sameSite: 'lax', path: '/' },
    })
    expect(secure.options).not.toHaveProperty('domain')
    expect(cookieNames('http://localhost:3000').sessionToken.name).not.toBe(
      cookieNames('http://localhost:3001').sessionToken.name,
    )
  })
})
