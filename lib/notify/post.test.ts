import { afterEach, describe, expect, it } from 'vitest'
import { findUrlProblem, postGuarded, type Resolve } from './post'
import { startReceiver } from './test/servers'

type Receiver = Awaited<ReturnType<typeof startReceiver>>
const open: Receiver[] = []
const receiver = async (...args: Parameters<typeof startReceiver>) => {
  const started = await startReceiver(...args)
  open.push(started)
  return started
}
afterEach(async () => {
  await Promise.all(open.splice(0).map((r) => r.stop()))
})

const message = { headers: { 'content-type': 'application/json' }, body: '{"hello":"wörld"}' }
const answers =
  (...addresses: string[]): Resolve =>
  async () =>
    addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))

describe('a guarded post', () => {
  it('reaches an allowed host, with the body whole', async () => {
    const { url, posts } = await receiver()
    await postGuarded(`${url}/hook?a=1`, message, { allow: ['127.0.0.1'] })
    expect(posts).toMatchObject([
      {
        path: '/hook?a=1',
        body: message.body,
        headers: { 'content-type': 'application/json', 'user-agent': 'Claviger' },
      },
    ])
  })

  it.each([
    'https://127.0.0.1',
    'https://2130706433',
    'https://0x7f.1',
    'https://127.1',
    'https://[::1]',
    'https://[::ffff:127.0.0.1]',
    'https://[::ffff:a9fe:a9fe]',
    'https://169.254.169.254',
    'https://[fd00:ec2::254]',
    'https://[64:ff9b::7f00:1]',
    'https://[64:ff9b::a9fe:a9fe]',
    'https://0.0.0.0',
    'https://localhost',
    'https://10.1.2.3',
    'https://100.100.100.200',
  ])('never reaches %s', async (origin) => {
    const { port, posts } = await receiver()
    await expect(
      postGuarded(`${origin}:${port}/`, message, { allow: [], timeoutMs: 2_000 }),
    ).rejects.toThrow('not on the public Internet')
    expect(posts).toEqual([])
  })

  it('refuses a name with one private address among its answers', async () => {
    const { port, posts } = await receiver()
    for (const list of [
      ['127.0.0.1'],
      ['93.184.216.34', '127.0.0.1'],
      ['127.0.0.1', '93.184.216.34'],
      ['2606:4700::1', '::1'],
      ['::ffff:127.0.0.1'],
    ]) {
      await expect(
        postGuarded(`https://rebind.example:${port}/`, message, {
          allow: [],
          resolve: answers(...list),
        }),
        list.join(),
      ).rejects.toThrow('not on the public Internet')
    }
    expect(posts).toEqual([])
  })

  it('asks for the address once and connects to that very answer (DNS rebinding)', async () => {
    const { port, posts } = await receiver()
    const rebinding = (...turns: string[]) => {
      let asked = 0
      const resolve: Resolve = () => answers(turns[Math.min(asked++, turns.length - 1)] ?? '')('')
      return { resolve, asked: () => asked }
    }
    // Checked as public, loopback ever after: what it would connect to is the public address, where
    // nothing is to be reached from here.
    const attack = rebinding('93.184.216.34', '127.0.0.1')
    await expect(
      postGuarded(`https://rebind.example:${port}/`, message, {
        allow: [],
        resolve: attack.resolve,
        timeoutMs: 500,
      }),
    ).rejects.toThrow()
    expect([posts.length, attack.asked()]).toEqual([0, 1])
    // The other way round: only the first answer has a receiver, so that it
    // arrives says which was used.
    const first = rebinding('127.0.0.1', '192.0.2.1')
    await postGuarded(`http://rebind.example:${port}/`, message, {
      allow: ['rebind.example'],
      resolve: first.resolve,
    })
    expect([posts.length, first.asked(), posts[0]?.headers.host]).toEqual([
      1,
      1,
      `rebind.example:${port}`,
    ])
  })

  it('follows no redirect', async () => {
    const inner = await receiver()
    const outer = await receiver((_, response) =>
      response.writeHead(307, { location: `${inner.url}/secret` }).end(),
    )
    await expect(postGuarded(outer.url, message, { allow: ['127.0.0.1'] })).rejects.toThrow(
      'redirect (307)',
    )
    expect([outer.posts.length, inner.posts.length]).toEqual([1, 0])
  })

  it('says the status and nothing of the answer', async () => {
    const { url } = await receiver((_, response) => response.writeHead(500).end('internal secret'))
    const problem = await postGuarded(url, message, { allow: ['127.0.0.1'] }).catch(
      (error: unknown) => error,
    )
    expect(String(problem)).toContain('status 500')
    expect(JSON.stringify(problem, Object.getOwnPropertyNames(problem))).not.toContain(
      'internal secret',
    )
  })

  it('reads no endless answer, and waits for none', async () => {
    const endless = await receiver((_, response) => {
      response.writeHead(200)
      const fill = () => {
        while (response.write(Buffer.alloc(65_536)));
      }
      response.on('drain', fill)
      fill()
    })
    await postGuarded(endless.url, message, { allow: ['127.0.0.1'] })
    const silent = await receiver(() => {})
    const before = Date.now()
    await expect(
      postGuarded(silent.url, message, { allow: ['127.0.0.1'], timeoutMs: 200 }),
    ).rejects.toThrow('in time')
    expect(Date.now() - before).toBeLessThan(5_000)
    await expect(
      postGuarded('https://slow.example', message, {
        allow: [],
        resolve: () => new Promise(() => {}),
        timeoutMs: 100,
      }),
    ).rejects.toThrow('in time')
  })

  it('takes https only, http for what the operator allowed, and never a password', () => {
    expect(findUrlProblem('https://hooks.example.com/x', [])).toBeNull()
    expect(findUrlProblem('http://hooks.internal/x', ['hooks.internal'])).toBeNull()
    expect(findUrlProblem('http://hooks.internal:8080/x', ['hooks.internal:8080'])).toBeNull()
    for (const url of [
      'http://hooks.example.com',
      'ftp://hooks.internal',
      'file:///etc/passwd',
      'https://ann:pw@hooks.example.com',
      'hooks',
      'http://evil.hooks.internal',
      'http://hooks.internal.evil.example',
      'http://hooks.internal:81',
    ]) {
      expect(findUrlProblem(url, ['hooks.internal:8080', 'hooks.internal:80']), url).not.toBeNull()
    }
  })
})
