import { randomUUID } from 'node:crypto'
import * as fs from 'node:fs'
import path from 'node:path'
import { buildWeb } from '../lib/launch/build.mjs'
import { generateClient } from '../lib/launch/generate.mjs'
import { makeTempDir } from '../lib/launch/paths.mjs'
import { clusterHome } from '../lib/launch/postgres.mjs'
import { removeAtEnd } from '../lib/launch/processes.mjs'
import { startProduct } from '../lib/launch/product.mjs'
import { readSettings } from '../lib/launch/settings.mjs'
import { cleanEnvironment } from './environment'
import { offerProducts, type ProductUnderTest } from './product'

type Started = { where: ProductUnderTest; stop: () => Promise<void> }

/**
 * Starts a product for each worker of the run, so that no spec meets what another
 * one does at the same time.
 */
export default async function startForTests({ workers = 1 } = {}): Promise<() => Promise<void>> {
  await generateClient()
  await buildWeb()
  const started = await Promise.all(Array.from({ length: workers }, startOne))
  offerProducts(started.map(({ where }) => where))
  return async () => {
    await Promise.all(started.map(({ stop }) => stop()))
  }
}

/** Starts the product as `npm start` does, on free ports and with data of its own. */
async function startOne(): Promise<Started> {
  const dataDir = removeAtEnd(makeTempDir('e2e'))
  removeAtEnd(clusterHome(`${dataDir}/postgres`))
  // One installation in 64 draws a secret that begins like an option; here it is always so.
  const secrets = {
    NEXTAUTH_SECRET: '-'.repeat(44),
    OIDC_CLIENT_SECRET: '-'.repeat(44),
    CLAVIGER_EXTERNAL_ID: `claviger-${randomUUID()}`,
  }
  fs.writeFileSync(path.join(dataDir, 'secrets.json'), JSON.stringify(secrets))
  const env = cleanEnvironment(dataDir)
  const { state, stop } = await startProduct(await readSettings(env), {
    env,
    say: () => {},
    durable: false,
  })
  const { url, sandbox, identityProvider, database } = state
  const where = {
    url,
    sandboxUrl: sandbox ?? '',
    identityProviderUrl: identityProvider ?? '',
    databaseUrl: database,
    dataDir,
  }
  return { where, stop }
}
