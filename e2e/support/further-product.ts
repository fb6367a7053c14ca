import { readFileSync } from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import { makeTempDir } from '../../lib/launch/paths.mjs'
import { clusterHome } from '../../lib/launch/postgres.mjs'
import { removeAtEnd } from '../../lib/launch/processes.mjs'
import { startProduct } from '../../lib/launch/product.mjs'
import { readSettings } from '../../lib/launch/settings.mjs'
import { cleanEnvironment } from '../environment'
import { product } from '../product'

/** A second console beside the one under test, on the same build and the same sandbox. */
export type FurtherProduct = {
  url: string
  query: <T extends pg.QueryResultRow>(text: string, values?: unknown[]) => Promise<T[]>
  stop: () => Promise<void>
}

export type Credentials = { accessKeyId: string; secretAccessKey: string }

/** What the sandbox gives out for the user that the console runs as. */
export async function hostCredentials(): Promise<Credentials> {
  const answer = await fetch(`${product.sandboxUrl}/_sandbox/credentials`)
  const all = (await answer.json()) as (Credentials & { arn: string })[]
  const host = all.find(({ arn }) => arn.endsWith(':user/claviger-host'))
  if (!host) throw new Error('the sandbox has no claviger-host')
  return host
}

/** Starts one that takes the sandbox for AWS, with other credentials or accounts of its own. */
export async function startFurtherProduct(
  { accessKeyId, secretAccessKey }: Credentials,
  more: Readonly<Record<string, string>> = {},
): Promise<FurtherProduct> {
  const dataDir = removeAtEnd(makeTempDir('e2e-further'))
  removeAtEnd(clusterHome(`${dataDir}/postgres`))
  const secrets = readFileSync(path.join(product.dataDir, 'secrets.json'), 'utf8')
  const { CLAVIGER_EXTERNAL_ID } = JSON.parse(secrets) as { CLAVIGER_EXTERNAL_ID: string }
  const env = {
    ...cleanEnvironment(dataDir),
    CLAVIGER_EXTERNAL_ID,
    CLAVIGER_AWS: 'live',
    CLAVIGER_LOCAL_SIGN_IN: '1',
    AWS_ENDPOINT_URL: product.sandboxUrl,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    ...more,
  }
  const settings = await readSettings(env)
  const started = await startProduct(settings, { env, say: () => {}, durable: false })
  const pool = new pg.Pool({ connectionString: started.state.database, max: 2 })
  pool.on('error', () => {}) // its server goes down with it
  return {
    url: started.state.url,
    query: async (text, values) => (await pool.query(text, values)).rows,
    async stop() {
      await pool.end()
      await started.stop()
    },
  }
}
