import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from './fixtures'

const dist = path.join(import.meta.dirname, '..', process.env.NEXT_DIST_DIR || '.next', 'static')

test('what a browser is given holds nothing of the AWS SDK, the database or a secret name', () => {
  const scripts = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.js'),
  )
  expect(scripts.length).toBeGreaterThan(10)
  const telltales = [
    'aws-sdk',
    '@smithy',
    'X-Amz-Security-Token',
    'AWS4-HMAC',
    'PrismaClient',
    'pg_advisory',
    'NEXTAUTH_SECRET',
    'DATABASE_URL',
  ]
  for (const script of scripts) {
    const text = readFileSync(path.join(dist, script), 'utf8')
    expect
      .soft({ script, holds: telltales.filter((telltale) => text.includes(telltale)) })
      .toEqual({ script, holds: [] })
  }
})
