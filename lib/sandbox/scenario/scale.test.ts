import { describe, expect, it } from 'vitest'
import type { Key, World } from '../world'
import { buildScenario } from './build'
import { readTruth } from './truth'

const now = Date.UTC(2026, 10, 18)
const build = (keys: number, seed = 3) =>
  buildScenario({ scenario: 'scale', keys, accounts: 4, regions: 3, seed, now })

function listKeys(world: World): Key[] {
  return [...world.accounts.values()].flatMap((account) =>
    [...account.regions.values()].flatMap((region) => [...region.keys.values()]),
  )
}

describe('scenario scale', () => {
  const world = build(30_000)
  const keys = listKeys(world)

  it('has exactly the keys asked for, spread evenly, none twice', () => {
    expect(keys).toHaveLength(30_000)
    expect(new Set(keys.map((key) => key.keyId)).size).toBe(30_000)
    const counts = [...world.accounts.values()]
      .flatMap((account) => [...account.regions.values()].map((region) => region.keys.size))
      .filter((size) => size > 0)
    expect(counts).toEqual(Array.from({ length: 12 }, () => 2500))
  })

  it('fits 100,000 keys into the memory of a laptop: few policy texts, no key made, little per key', () => {
    expect(new Set(keys.map((key) => key.policy)).size).toBeLessThanOrEqual(9 * 4)
    expect(
      keys.every((key) =>
        key.materials.every((material) => material.secret === null && material.publicKey === null),
      ),
    ).toBe(true)
    const own = keys.reduce(
      (total, { policy: _shared, ...rest }) => total + JSON.stringify(rest).length,
      0,
    )
    expect(own / keys.length).toBeLessThan(3000)
  })

  it('is the same for a seed', () => {
    const place = { account: '111122223333', region: 'eu-west-1' }
    expect(readTruth(build(300), place)).toEqual(readTruth(build(300), place))
    expect(readTruth(build(300), place)).not.toEqual(readTruth(build(300, 4), place))
  })

  it('tells the truth in pages as in one piece', () => {
    const place = { account: '111122223333', region: 'eu-west-1' }
    const whole = readTruth(world, place)
    const paged: unknown[] = []
    for (let after: string | undefined; ; ) {
      const { keys: some, next } = readTruth(world, { ...place, after, limit: 700 })
      if (Array.isArray(some)) paged.push(...some)
      if (typeof next !== 'string') break
      after = next
    }
    expect(paged).toEqual(whole.keys)
    expect(paged).toHaveLength(2500)
  })

  it('has policies that parse and grants that fit', () => {
    for (const policy of new Set(keys.map((key) => key.policy)))
      expect(JSON.parse(policy)).toHaveProperty('Statement')
    const signing = keys
      .filter((key) => key.keyUsage === 'SIGN_VERIFY')
      .flatMap((key) => [...key.grants.values()])
    expect(signing.every((grant) => !grant.operations.includes('Decrypt'))).toBe(true)
  })
})

describe('scenario empty', () => {
  it("has an organization of two accounts with the console's roles and no key", () => {
    const world = buildScenario({ scenario: 'empty', now, externalId: 'only-this' })
    expect(world.accounts.size).toBe(2)
    expect(listKeys(world)).toEqual([])
    for (const account of world.accounts.values()) {
      expect(account.roles.get('ClavigerRead')?.trustPolicy).toContain('only-this')
      expect(account.roles.has('ClavigerWrite')).toBe(true)
    }
  })
})
