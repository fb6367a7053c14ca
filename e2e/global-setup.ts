import { randomUUID } from 'node:crypto'
import * as fs from 'node:fs'
import path from 'node:path'
import { clusterHome } from '../lib/launch/postgres.mjs'
import { makeTempDir } from '../lib/launch/paths.mjs'
import { removeAtEnd } from '../lib/launch/processes.mjs'
import { buildWeb } from '../lib/launch/build.mjs'
import { generateClient } from '../lib/launch/generate.mjs'
import { startProduct } from '../lib/launch/product.mjs'
import { readSettings } from '../lib/launch/settings.mjs'
import { cleanEnvironment } from './environment'

/** Starts the product as `npm start` does, on free ports and with data of its own, once for all specs. */
export default async function startForTests(): Promise<() => Promise<void>> {
  const dataDir = removeAtEnd(makeTempDir('e2e'))
  removeAtEnd(clusterHome(`${dataDir}/postgres`))
  // One installation in 64 draws a secret that begins like an option; here it is always so.
  fs.writeFileSync(path.join(dataDir, 'secrets.json'), JSON.stringify({ NEXTAUTH_SECRET: '-'.repeat(44), OIDC_CLIENT_SECRET: '-'.repeat(44), CLAVIGER_EXTERNAL_ID: `claviger-${randomUUID()}` }))
  const env = cleanEnvironment(dataDir)
  await generateClient()
  await buildWeb()
  const product = await startProduct(await readSettings(env), { env, say: () => {}, durable: false })
  const { url, sandbox, identityProvider, database } = product.state
  Object.assign(process.env, {
    E2E_URL: url, E2E_SANDBOX_URL: sandbox ?? '', E2E_IDP_URL: identityProvider ?? '', E2E_DATABASE_URL: database, E2E_DATA_DIR: dataDir,
  })
  return product.stop
}
