import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { product } from '../product'

const root = path.resolve(import.meta.dirname, '../..')

/** Runs `npm run trail` over the database of the product under test. */
export const trailCli = (...args: string[]) =>
  spawnSync('npm', ['run', '--silent', 'trail', '--', ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, DATABASE_URL: product.databaseUrl, CLAVIGER_DATA_DIR: product.dataDir },
  })
