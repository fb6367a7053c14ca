import { randomInt } from 'node:crypto'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { tryLock, unlock } from './lock.mjs'
import { Refusal } from './refusal.mjs'

/**
 * @param {number} port
 * @param {string} host
 * @returns {Promise<number | null>} the port, or null when it is taken
 */
function tryPort(port, host) {
  return new Promise((resolve, reject) => {
    const server = net.createServer()
    server.once('error', (error) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(null)
      else if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND')
        reject(
          new Refusal(
            `HOST=${host} is not an address of this machine. Set HOST to one that is, or leave it out for loopback.`,
          ),
        )
      else reject(error)
    })
    server.listen(port, host, () => {
      const { port: got } = server.address()
      server.close(() => resolve(got))
    })
  })
}

/**
 * Two launchers that look at the same moment both see a port free: so a
 * launcher's name stands on it.
 * @param {number} port
 */
function reserve(port) {
  const file = path.join(os.tmpdir(), `claviger-${process.getuid?.() ?? 'user'}-port-${port}.lock`)
  const holder = tryLock(file)
  if (holder !== 0 && holder !== process.pid) return false
  process.once('exit', () => unlock(file))
  return true
}

/**
 * Where any free port is looked for: below those that systems give to outgoing connections (Linux
 * from 32768, others from 49152). A server that died finds its port free again, whoever connects to
 * whom meanwhile.
 */
const anyPort = { from: 10_000, to: 32_000 }

/**
 * The wanted port, or the next free one above it. Port 0 asks for any free one. A port
 * counts as free only when both loopback addresses are: else a browser's `localhost` may
 * reach someone else's server.
 * @param {number} wanted @param {{ host?: string, taken?: Set<number> }} [options]
 */
export async function pickPort(wanted, { host = '127.0.0.1', taken = new Set() } = {}) {
  for (let tried = 0; tried < 200 && wanted + tried < 65_536; tried += 1) {
    const port = wanted === 0 ? randomInt(anyPort.from, anyPort.to) : wanted + tried
    const got = taken.has(port) ? null : await tryPort(port, host)
    if (got === null || taken.has(got)) continue
    const alsoFree = await tryPort(got, '::1').catch(() => got) // no IPv6 here is fine
    if (alsoFree === null || (wanted !== 0 && !reserve(got))) continue
    taken.add(got)
    return got
  }
  throw new Refusal(
    `No free port from ${wanted} on. Set PORT, SANDBOX_PORT and OIDC_PORT to free ones.`,
  )
}
