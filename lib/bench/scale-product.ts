// The built product over a filled database, with its worker asleep while figures are taken.
import * as fs from 'node:fs'
import { cleanEnvironment } from '../../e2e/environment'
import type { Who } from '../../e2e/support/people'
import { sessionOf } from '../../e2e/support/session'
import { generateClient } from '../launch/generate.mjs'
import { buildWeb } from '../launch/build.mjs'
import { makeTempDir } from '../launch/paths.mjs'
import { removeAtEnd, sendSignal } from '../launch/processes.mjs'
import { startProduct } from '../launch/product.mjs'
import { readSettings } from '../launch/settings.mjs'
import { bigAccount } from './fill-scale-inventory'

export type ScaleProduct = Awaited<ReturnType<typeof startScaleProduct>>

/** People of one account alone get theirs: in the made-up company it is another one. */
const mappings = [
  { group: 'claviger-admins', role: 'admin', accountId: null },
  { group: 'halden-data-admins', role: 'admin', accountId: bigAccount },
]

/**
 * Starts what `npm start` starts, with an AWS that has no keys: what was filled stays as it is.
 * @param ports the first of three
 */
export async function startScaleProduct(databaseUrl: string, firstPort: number) {
  await generateClient()
  await buildWeb()
  const dataDir = removeAtEnd(makeTempDir('scale'))
  const env = {
    ...cleanEnvironment(dataDir),
    DATABASE_URL: databaseUrl,
    CLAVIGER_GROUP_MAPPINGS: JSON.stringify(mappings),
    // What was filled counts as just read: no sweep of it comes due.
    CLAVIGER_SYNC_INTERVAL_MINUTES: '1440',
    ...(firstPort > 0
      ? { PORT: `${firstPort}`, SANDBOX_PORT: `${firstPort + 1}`, OIDC_PORT: `${firstPort + 2}` }
      : {}),
  }
  const { state, stop } = await startProduct(await readSettings(env), {
    env,
    say: () => {},
    scenario: ['--scenario', 'empty'],
    durable: false,
  })
  const { worker, web }: Record<string, number | undefined> = state.pids
  if (worker === undefined || web === undefined) throw new Error('The product has no processes.')
  const wakeWorker = () => sendSignal(worker, 'SIGCONT')
  sendSignal(worker, 'SIGSTOP')
  return {
    url: state.url,
    dataDir,
    logs: state.logs,
    wakeWorker,
    sleepWorker: () => sendSignal(worker, 'SIGSTOP'),
    webMegabytes: () => megabytesOf(web),
    workerMegabytes: () => megabytesOf(worker),
    cookieOf: async (who: Who): Promise<string> =>
      (await sessionOf(who, state.url)).cookies
        .filter(({ name }) => name.endsWith('.session'))
        .map(({ name, value }) => `${name}=${value}`)
        .join('; '),
    async stop() {
      wakeWorker()
      await stop()
    },
  }
}

/** Resident memory of a process; NaN where it has ended or the system has no /proc. */
function megabytesOf(pid: number): number {
  try {
    const [, kilobytes] =
      /VmRSS:\s+(\d+) kB/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return Math.round(Number(kilobytes) / 1024)
  } catch {
    return NaN
  }
}
