// The dearest question that a viewer can ask: a key with thousands of grants in an account with
// as many roles. It must be answered whole, and must not hold up everybody else meanwhile.
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { expect, test } from 'vitest'
import { nobody, permitFor } from '../auth/test/permit'
import { freshDatabase } from '../db/test/database'
import { listAccess } from './table'

const { db, sql } = await freshDatabase()

const many = 5_000
const account = '111111111111'
const place = { accountId: account, region: 'eu-west-1', keyId: 'k' }
const arn = `arn:aws:kms:eu-west-1:${account}:key/k`

test('thousands of grants in an account of thousands of roles hold up nobody else', async () => {
  await db.account.create({
    data: {
      id: account,
      name: 'prod',
      source: 'page',
      path: [],
      onlyRegions: [],
      noOrganizationAt: new Date(),
    },
  })
  const now = new Date()
  await db.policyDocument.create({
    data: {
      hash: 'h',
      text: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { AWS: `arn:aws:iam::${account}:root` },
            Action: 'kms:Encrypt',
            Resource: '*',
          },
        ],
      }),
    },
  })
  await db.key.create({
    data: {
      arn,
      ...place,
      listedAt: now,
      listedIn: 1n,
      keyUsage: 'ENCRYPT_DECRYPT',
      keySpec: 'SYMMETRIC_DEFAULT',
      keyManager: 'CUSTOMER',
      keyState: 'Enabled',
      describedAt: now,
      aliases: [],
      policyHash: 'h',
      policyAt: now,
      grantsAt: now,
    },
  })
  await sql.execute(
    `INSERT INTO "IamEntity" (arn, "accountId", kind, name, path, "uniqueId", details, "observedAt")
     SELECT 'arn:aws:iam::' || $1 || ':role/r' || n, $1, 'role', 'r' || n, '/', 'AROA' || n,
       jsonb_build_object('attachedPolicyArns', '[]'::jsonb, 'permissionsBoundaryArn', null,
         'tags', '{}'::jsonb, 'trustPolicy', null, 'inlinePolicies', jsonb_build_array(
           jsonb_build_object('name', 'own', 'document', '{"Version":"2012-10-17","Statement":'
             || '[{"Sid":"S' || n || '","Effect":"Allow","Action":"kms:Encrypt",'
             || '"Resource":"*"}]}'))), now()
     FROM generate_series(1, $2::int) n`,
    [account, many],
  )
  // Half of the grants name a session, whose role is to be found by its name.
  await sql.execute(
    `INSERT INTO "Grant" ("keyArn", "grantId", "accountId", region, "granteePrincipal", operations,
      "issuerClass", "observedAt")
     SELECT $1, 'g' || n, $2, 'eu-west-1', CASE WHEN n % 2 = 0
       THEN 'arn:aws:iam::' || $2 || ':role/r' || n
       ELSE 'arn:aws:sts::' || $2 || ':assumed-role/r' || n || '/job' END, '{Decrypt}', 'human', now()
     FROM generate_series(1, $3::int) n`,
    [arn, account, many],
  )
  const delays = monitorEventLoopDelay({ resolution: 5 })
  delays.enable()
  const { rows, gaps } = await listAccess(permitFor(nobody, 'access.read'), place)
  delays.disable()

  expect(gaps.filter((gap) => gap.includes('no time'))).toEqual([])
  const roles = rows.filter(({ kind }) => kind === 'role')
  expect(roles).toHaveLength(many)
  expect(rows.filter(({ kind }) => kind === 'session')).toHaveLength(many / 2)
  const ofGrant = roles.filter(({ isGrantee }) => isGrantee)
  expect(ofGrant).toHaveLength(many / 2)
  expect(ofGrant.every(({ onlyByGrant }) => onlyByGrant.join() === 'decrypt')).toBe(true)
  // Of a role whose session is named, some calls: not all of them by itself.
  const others = roles.filter(({ isGrantee }) => !isGrantee)
  expect(new Set(others.map(({ cells }) => cells.decrypt))).toEqual(new Set(['conditional']))
  // 40 s in one piece when each grant is weighed for each role. Wide, since machines are busy.
  expect(delays.max / 1e6).toBeLessThan(1_000)
})
