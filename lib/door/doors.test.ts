import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import type { Assigned } from '../auth/permissions'
import { toBusy } from '../db/busy'
import { AppError } from '../errors'
import type { Failure } from '../result'
import { requestFacts, type RequestFacts } from '../web/request-facts.mjs'

const given = vi.hoisted(() => ({
  headers: new Map<string, string>(),
  assigned: null as readonly Assigned[] | null,
}))

vi.mock('next/headers', () => ({
  headers: async () => ({ get: (name: string) => given.headers.get(name) ?? null }),
}))
vi.mock('../auth/session', () => ({
  readActor: async () =>
    given.assigned && { id: 'p1', email: 'ann@example.com', name: 'Ann', assigned: given.assigned },
}))

const spent = vi.hoisted(() => vi.fn(async () => {}))
vi.mock('../auth/budget', () => ({ spendBudget: spent }))

const { action } = await import('./action')
const { page } = await import('./page')
const { post } = await import('./post')
const { route } = await import('./route')

const admin: Assigned[] = [{ role: 'admin', accountId: null }]
beforeEach(() => {
  vi.stubEnv('DATABASE_URL', 'postgresql://localhost/none')
  vi.stubEnv('CLAVIGER_URL', 'https://claviger.example.com')
  given.headers = new Map([
    ['host', 'claviger.example.com'],
    ['origin', 'https://claviger.example.com'],
    ['sec-fetch-site', 'same-origin'],
  ])
  given.assigned = admin
})
afterEach(() => vi.unstubAllEnvs())

const schema = z.object({ name: z.string().min(1, 'Name it.') })

describe('the door of actions', () => {
  const run = vi.fn(async () => 'done')
  const act = action('people.manage', schema, run)
  beforeEach(() => run.mockClear())

  it('runs with the permit and the checked input', async () => {
    expect(await act({ name: 'x' })).toEqual({ ok: true, data: 'done' })
    expect(run).toHaveBeenCalledWith(
      expect.objectContaining({
        scope: { all: true },
        actor: expect.objectContaining({ id: 'p1' }),
      }),
      { name: 'x' },
    )
  })

  it.each<[string, Record<string, string>]>([
    ['none', {}],
    ['a foreign one', { origin: 'https://evil.example' }],
    ['null', { origin: 'null' }],
    ['ours by http', { origin: 'http://claviger.example.com' }],
    ['ours with a port', { origin: 'https://claviger.example.com:8443' }],
    ['one that begins like ours', { origin: 'https://claviger.example.com.evil.example' }],
    [
      'ours, sent from elsewhere',
      { origin: 'https://claviger.example.com', 'sec-fetch-site': 'cross-site' },
    ],
    [
      'ours, sent from a sibling',
      { origin: 'https://claviger.example.com', 'sec-fetch-site': 'same-site' },
    ],
  ])('stays shut for origin: %s', async (_, headers) => {
    given.headers = new Map(Object.entries({ host: 'claviger.example.com', ...headers }))
    expect(await act({ name: 'x' })).toMatchObject({ ok: false, error: { code: 'forbidden' } })
    expect(run).not.toHaveBeenCalled()
  })

  it('asks who it is before it looks at the input', async () => {
    given.assigned = null
    expect(await act({ name: '' })).toMatchObject({ ok: false, error: { code: 'unauthenticated' } })
    given.assigned = [
      { role: 'viewer', accountId: null },
      { role: 'admin', accountId: '111122223333' },
    ]
    expect(await act({ name: '' })).toMatchObject({
      ok: false,
      error: { code: 'forbidden', permission: 'people.manage' },
    })
    expect(run).not.toHaveBeenCalled()
  })

  it('refuses what only the wire can carry, before any rule looks at it', async () => {
    const reference = new Proxy(() => {}, {
      get() {
        throw new Error('Cannot access length on the server.')
      },
    })
    const wide = action('people.manage', z.unknown(), run)
    for (const input of [
      reference,
      { name: reference },
      { name: Promise.resolve('x') },
      new Date(),
      [new Map()],
    ]) {
      expect(await wide(input)).toMatchObject({ ok: false, error: { code: 'invalid' } })
    }
    expect(await wide({ deep: { name: reference } })).toMatchObject({
      error: { fields: { 'deep.name': [expect.any(String)] } },
    })
    expect(run).not.toHaveBeenCalled()
  })

  it('says which field is wrong, for anything that is no input', async () => {
    expect(await act({ name: '' })).toMatchObject({
      ok: false,
      error: { code: 'invalid', fields: { name: ['Name it.'] } },
    })
    for (const input of [null, undefined, 5, [], 'x'])
      expect(await act(input as never)).toMatchObject({ ok: false, error: { code: 'invalid' } })
    expect(run).not.toHaveBeenCalled()
  })

  it('passes on what is written for people, and hides the rest behind a reference', async () => {
    run.mockRejectedValueOnce(new AppError('conflict', 'Someone was faster.'))
    expect(await act({ name: 'x' })).toMatchObject({
      ok: false,
      error: { code: 'conflict', message: 'Someone was faster.' },
    })
    run.mockRejectedValueOnce(new Error('password=hunter2 at 10.0.0.1'))
    const result = await act({ name: 'x' })
    expect(JSON.stringify(result)).not.toMatch(/hunter2|10\.0/)
    expect(result).toMatchObject({
      ok: false,
      error: { code: 'unexpected', ref: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    })
  })
})

describe('every door', () => {
  const names = ['evil.example', 'claviger.example.com.evil.example', '127.0.0.1:3000', '']

  it.each(names)('stays shut for a request sent to %s', async (host) => {
    const run = vi.fn(async () => 'done')
    given.headers.set('host', host)
    given.headers.set('x-forwarded-host', 'claviger.example.com')
    expect(await action('people.manage', schema, run)({ name: 'x' })).toMatchObject({
      error: { code: 'misdirected' },
    })
    const params = Promise.resolve({})
    const answer = await route(
      'keys.read',
      z.object({}),
      run,
    )(new Request('https://claviger.example.com/api/x'), { params })
    expect(answer.status).toBe(421)
    const Page = page('accounts.read', run, (failure) => failure.code)
    expect(await Page({ params, searchParams: Promise.resolve({}) })).toBe('misdirected')
    expect(run).not.toHaveBeenCalled()
  })
})

describe('the door of bodies', () => {
  const take = vi.fn(async (_permit: unknown, _input: unknown, body: AsyncIterable<Uint8Array>) => {
    let bytes = 0
    for await (const chunk of body) bytes += chunk.length
    return { bytes }
  })
  const send = post('trail.manage', z.object({ name: z.string(), id: z.string() }), take)
  const ask = () =>
    send(
      new Request('https://claviger.example.com/api/x?name=a&id=9', {
        method: 'POST',
        body: 'abc',
      }),
      { params: Promise.resolve({ id: '1' }) },
    )
  beforeEach(() => {
    take.mockClear()
  })

  it('reads it as it comes, once it knows who sends it', async () => {
    const answer = await ask()
    expect([answer.status, await answer.json()]).toEqual([200, { bytes: 3 }])
    expect(take.mock.calls[0]?.[1], 'the path counts').toEqual({ name: 'a', id: '1' })
  })

  it('stays shut for another origin, for nobody, and for who does not hold the permission', async () => {
    given.headers.set('origin', 'https://evil.example')
    expect((await ask()).status).toBe(403)
    given.headers.delete('origin')
    expect((await ask()).status).toBe(403)
    given.headers.set('origin', 'https://claviger.example.com')
    given.assigned = null
    expect((await ask()).status).toBe(401)
    given.assigned = [{ role: 'auditor', accountId: null }]
    expect((await ask()).status).toBe(403)
    expect(take).not.toHaveBeenCalled()
  })
})

describe('the door of handlers that leave a trace', () => {
  const read = vi.fn(async () => ({ rows: [] }))
  const get = route('keys.export', z.object({}), read, { budget: 'exports' })
  const ask = (init: RequestInit = {}) =>
    get(new Request('https://claviger.example.com/api/x', init), { params: Promise.resolve({}) })
  beforeEach(() => {
    read.mockClear()
    spent.mockReset()
  })

  it('answers this console, whoever types the address, and programs', async () => {
    const own: Record<string, string>[] = [
      { 'sec-fetch-site': 'same-origin' },
      { 'sec-fetch-site': 'none' },
      {},
    ]
    for (const headers of own) {
      expect((await ask({ headers })).status).toBe(200)
    }
    expect(spent).toHaveBeenCalledTimes(3)
  })

  it('does nothing for another site, nor for HEAD', async () => {
    for (const site of ['cross-site', 'same-site']) {
      expect(
        (await ask({ headers: { 'sec-fetch-site': site, 'sec-fetch-mode': 'navigate' } })).status,
      ).toBe(403)
    }
    expect((await ask({ method: 'HEAD' })).status).toBe(400)
    expect(read).not.toHaveBeenCalled()
    expect(spent).not.toHaveBeenCalled()
  })

  it('says when to come back once the budget is spent', async () => {
    spent.mockRejectedValueOnce(
      new AppError('too_many', 'At most 40 exports.', { retryAfterSeconds: 90 }),
    )
    const answer = await ask()
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '90'])
    expect(read).not.toHaveBeenCalled()
  })
})

describe('the door of handlers', () => {
  const read = vi.fn(async (): Promise<unknown> => ({ rows: [] }))
  const get = route('keys.read', z.object({ account: z.string(), q: z.string().default('') }), read)
  const ask = (
    url = 'https://claviger.example.com/api/x?q=1&account=999999999999',
    account = '111122223333',
  ) => get(new Request(url), { params: Promise.resolve({ account }) })
  beforeEach(() => read.mockClear())

  it('answers JSON that nobody keeps, and the path counts where the query contradicts it', async () => {
    const response = await ask()
    expect(response.status).toBe(200)
    expect(response.headers.get('cache-control')).toBe('private, no-store')
    expect(read).toHaveBeenCalledWith(
      expect.anything(),
      { account: '111122223333', q: '1' },
      expect.any(Request),
    )
  })

  it('answers 401 and 403 without reading anything', async () => {
    given.assigned = null
    expect((await ask()).status).toBe(401)
    given.assigned = []
    expect((await ask()).status).toBe(403)
    expect(read).not.toHaveBeenCalled()
  })

  it('answers a failure with its status, never with an empty list', async () => {
    read.mockRejectedValueOnce(new AppError('aws_throttled', 'AWS is throttling.'))
    expect((await ask()).status).toBe(503)
    read.mockRejectedValueOnce(toBusy(new Error('timeout exceeded when trying to connect')))
    const busy = await ask()
    expect([busy.status, busy.headers.get('retry-after')]).toEqual([503, '2'])
    expect(await busy.text()).toContain('Try again in a moment')
    read.mockRejectedValueOnce(new Error('secret detail'))
    const response = await ask()
    expect(response.status).toBe(500)
    expect(await response.text()).not.toContain('secret detail')
  })
})

describe('the door of pages', () => {
  const failed = vi.fn((failure: Failure) => `failed: ${failure.code}`)
  const show = vi.fn(async () => 'shown')
  const Page = page('accounts.read', show, failed)
  const open = (params: Record<string, string> = {}) =>
    Page({ params: Promise.resolve(params), searchParams: Promise.resolve({ q: 'x' }) })
  beforeEach(() => show.mockClear())

  it('shows with the permit, parameters decoded', async () => {
    expect(await open({ keyId: 'mrk%2D1', broken: '%E0%A4%A' })).toBe('shown')
    expect(show).toHaveBeenCalledWith(expect.objectContaining({ scope: { all: true } }), {
      params: { keyId: 'mrk-1', broken: '%E0%A4%A' },
      search: { q: 'x' },
    })
  })

  it('draws what failed instead of the page', async () => {
    given.assigned = []
    expect(await open()).toBe('failed: forbidden')
    expect(show).not.toHaveBeenCalled()
    given.assigned = admin
    show.mockRejectedValueOnce(new Error('x'))
    const drawn = await open()
    expect(drawn).toBe('failed: unexpected')
    show.mockRejectedValueOnce(toBusy(new Error('timeout exceeded when trying to connect')))
    const facts: RequestFacts = { entered: false }
    expect(await requestFacts.run(facts, () => open())).toBe('failed: busy')
    expect(facts.instead).toMatchObject({ status: 503, headers: { 'retry-after': '2' } })
  })

  it('reads nothing for an address that holds what cannot be kept', async () => {
    const half = String.fromCharCode(0xd83d)
    for (const params of [{ keyId: '%00' }, { keyId: 'a\0' }, { keyId: half }])
      expect(await open(params)).toBe('failed: invalid')
    for (const q of ['\0', half, ['x', '\0']]) {
      expect(
        await Page({ params: Promise.resolve({}), searchParams: Promise.resolve({ q }) }),
      ).toBe('failed: invalid')
    }
    expect(show).not.toHaveBeenCalled()
  })

  it('leads to sign-in without a session, and back to our own paths only', async () => {
    given.assigned = null
    const leadsTo = async (path: string) => {
      given.headers.set('x-claviger-path', path)
      return open().then(
        () => 'nowhere',
        (error: { digest?: string }) => error.digest,
      )
    }
    expect(await leadsTo('/keys?state=Enabled')).toContain(
      ';/sign-in?from=%2Fkeys%3Fstate%3DEnabled;',
    )
    expect(await leadsTo('//evil.example')).toContain(';/sign-in;')
    expect(show).not.toHaveBeenCalled()
  })
})
