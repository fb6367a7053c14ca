import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Input } from '../call'
import { account, makeBench, readPath } from './test/direct'

const root = `arn:aws:iam::${account}:root`

/** Every list of KMS, with how to fill it and the name of its items. */
const lists = [
  { operation: 'ListKeys', member: 'Keys', name: 'KeyId', most: 1000 },
  { operation: 'ListAliases', member: 'Aliases', name: 'AliasName', most: 100 },
  { operation: 'ListGrants', member: 'Grants', name: 'GrantId', most: 100 },
  { operation: 'ListRetirableGrants', member: 'Grants', name: 'GrantId', most: 100 },
  { operation: 'ListResourceTags', member: 'Tags', name: 'TagKey', most: 50 },
  { operation: 'ListKeyRotations', member: 'Rotations', name: 'KeyMaterialId', most: 1000 },
] as const

async function fill(operation: string, count: number) {
  const bench = makeBench()
  const keyId = operation === 'ListKeys' ? '' : await bench.makeKey()
  const names: string[] = []
  for (let index = 0; index < count; index += 1) {
    if (operation === 'ListKeys') names.push(await bench.makeKey())
    else if (operation === 'ListAliases') {
      names.push(`alias/${index}`)
      await bench.run('CreateAlias', {
        AliasName: `alias/${index}`,
        TargetKeyId: await bench.makeKey(),
      })
    } else if (operation.includes('Grants')) {
      const grant = {
        KeyId: keyId,
        GranteePrincipal: root,
        RetiringPrincipal: root,
        Operations: ['Decrypt'],
      }
      names.push(readPath(await bench.run('CreateGrant', grant), 'GrantId'))
    } else if (operation === 'ListResourceTags') {
      names.push(`tag${index}`)
      await bench.run('TagResource', {
        KeyId: keyId,
        Tags: [{ TagKey: `tag${index}`, TagValue: '' }],
      })
    } else if (index < 25) {
      await bench.run('RotateKeyOnDemand', { KeyId: keyId })
      bench.now += 5000
      await bench.run('ListKeys')
      names.push(bench.key(keyId).materials.at(-1)?.id ?? '')
    }
  }
  const input: Input = ['ListKeys', 'ListAliases', 'ListRetirableGrants'].includes(operation)
    ? {}
    : { KeyId: keyId }
  return {
    bench,
    names,
    input: operation === 'ListRetirableGrants' ? { RetiringPrincipal: root } : input,
  }
}

describe.each(lists)('$operation', ({ operation, member, name, most }) => {
  it('gives every item once, under any page size and with pages cut short', async () => {
    const { bench, names, input } = await fill(operation, 24)
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 30 }), fc.boolean(), async (Limit, shortPage) => {
        bench.shortPage = shortPage
        const seen: string[] = []
        let Marker: Input[string]
        for (;;) {
          const answer = await bench.run(operation, { ...input, Limit, Marker })
          const items = answer[member]
          if (!Array.isArray(items)) throw new Error('no list')
          expect(items.length).toBeLessThanOrEqual(Limit)
          // AWS's own aliases stand in every Region.
          seen.push(
            ...items
              .map((item) => readPath(item, name))
              .filter((found) => !found.startsWith('alias/aws/')),
          )
          expect(answer.Truncated).toBe(answer.NextMarker !== undefined)
          if (answer.NextMarker === undefined) break
          Marker = answer.NextMarker
        }
        expect([...seen].sort()).toEqual([...names].sort())
      }),
      { numRuns: 15 },
    )
  })

  it('refuses a limit beyond AWS’s and a marker that is none', async () => {
    const { bench, input } = await fill(operation, 1)
    expect(await bench.fails(operation, { ...input, Limit: most })).toBe('ok')
    expect(await bench.fails(operation, { ...input, Limit: most + 1 })).toBe('ValidationException')
    expect(await bench.fails(operation, { ...input, Limit: 0 })).toBe('ValidationException')
    expect(await bench.fails(operation, { ...input, Marker: 'garbage' })).toBe(
      'InvalidMarkerException',
    )
  })
})

it('a page without a limit holds as many as AWS gives', async () => {
  const { bench } = await fill('ListKeys', 101)
  const { Keys, Truncated } = await bench.run('ListKeys')
  expect([Array.isArray(Keys) && Keys.length, Truncated]).toEqual([100, true])
})
