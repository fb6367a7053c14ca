import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Call, Input, Json } from '../call'
import { buildScenario } from '../scenario/build'
import { fillHistory } from '../scenario/history'
import { callBy } from '../test/call'
import type { World } from '../world'
import { hasAttribute, isAttributeKey } from './event'
import { lookupEvents } from './lookup'

const now = Date.UTC(2026, 10, 18, 12)
const accountId = '412908835574'
const world = buildScenario({ scenario: 'demo', seed: 5, now })

function auditor(of: World, over: Partial<Call> = {}): Call {
  const arn = `arn:aws:iam::${accountId}:user/admin`
  return callBy(
    of,
    {
      accountId,
      arn,
      kind: 'user',
      entityArn: arn,
      userId: 'AIDAX',
      accessKeyId: accountId,
      sessionPolicies: [],
      sourceIdentity: null,
      sessionCreatedAt: null,
    },
    { now, region: 'eu-west-1', service: 'cloudtrail', operation: 'LookupEvents', ...over },
  )
}

const idsOf = (output: Input) =>
  (Array.isArray(output.Events) ? output.Events : []).map((event: Json) =>
    event && typeof event === 'object' && !Array.isArray(event) ? event.EventId : null,
  )

function lookupAll(input: Input): unknown[] {
  const ids: unknown[] = []
  for (let NextToken: Json | undefined; ; ) {
    const output = lookupEvents(auditor(world), {
      ...input,
      ...(NextToken === undefined ? {} : { NextToken }),
    })
    ids.push(...idsOf(output))
    if (output.NextToken === undefined) return ids
    NextToken = output.NextToken
  }
}

const code = (run: () => unknown) => {
  try {
    run()
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : 'other'
  }
  return null
}

describe('LookupEvents', () => {
  fillHistory(world, accountId, 'eu-west-1')
  const events = world.accounts.get(accountId)?.regions.get('eu-west-1')?.events ?? []
  const attribute = fc.constantFrom(
    { AttributeKey: 'EventName', AttributeValue: 'Decrypt' },
    { AttributeKey: 'EventName', AttributeValue: 'CreateGrant' },
    { AttributeKey: 'ReadOnly', AttributeValue: 'false' },
    { AttributeKey: 'EventSource', AttributeValue: 'kms.amazonaws.com' },
    { AttributeKey: 'Username', AttributeValue: 'GitHubActions' },
    { AttributeKey: 'ResourceType', AttributeValue: 'AWS::KMS::Key' },
    { AttributeKey: 'EventSource', AttributeValue: 's3.amazonaws.com' },
  )

  it('gives, page by page, what a plain filter gives, newest first', () => {
    const day = 86_400
    const upTo = (max: number, min = 0) => fc.integer({ min, max })
    fc.assert(
      fc.property(
        fc.option(attribute),
        upTo(50, 1),
        upTo(95),
        upTo(40),
        (wanted, MaxResults, startDays, span) => {
          const StartTime = now / 1000 - startDays * day
          const EndTime = StartTime + span * day
          const expected = events
            .filter((event) => {
              const known =
                wanted && isAttributeKey(wanted.AttributeKey)
                  ? hasAttribute(event, { key: wanted.AttributeKey, value: wanted.AttributeValue })
                  : true
              return (
                known &&
                event.at >= Math.max(StartTime * 1000, now - 90 * day * 1000) &&
                Math.floor(event.at / 1000) <= EndTime
              )
            })
            .map((event) => event.eventId)
          const got = lookupAll({
            MaxResults,
            StartTime,
            EndTime,
            ...(wanted ? { LookupAttributes: [wanted] } : {}),
          })
          expect(got).toHaveLength(expected.length)
          expect([...got].sort()).toEqual([...expected].sort())
          const at = new Map(events.map((event) => [event.eventId, event.at]))
          const times = got.map((id) => at.get(String(id)) ?? 0)
          expect(times).toEqual([...times].sort((a, b) => b - a))
        },
      ),
      { numRuns: 25 },
    )
  })

  it('does not shift when events arrive between two pages', () => {
    const own = structuredClone(world)
    const input = {
      MaxResults: 20,
      LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: 'GenerateDataKey' }],
    }
    const before = lookupEvents(auditor(own), input)
    const undisturbed = lookupEvents(auditor(own), { ...input, NextToken: before.NextToken })
    own.accounts
      .get(accountId)
      ?.regions.get('eu-west-1')
      ?.events.push({
        eventId: 'new',
        at: now,
        record: { eventName: 'GenerateDataKey', eventSource: 'kms.amazonaws.com', readOnly: true },
      })
    expect(lookupEvents(auditor(own), { ...input, NextToken: before.NextToken })).toEqual(
      undisturbed,
    )
    expect(idsOf(lookupEvents(auditor(own), input))[0]).toBe('new')
  })

  it('binds a token to its parameters, account and Region', () => {
    const { NextToken } = lookupEvents(auditor(world), { MaxResults: 10 })
    expect(code(() => lookupEvents(auditor(world), { MaxResults: 11, NextToken }))).toBe(
      'InvalidNextTokenException',
    )
    expect(
      code(() =>
        lookupEvents(auditor(world, { region: 'us-east-1' }), { MaxResults: 10, NextToken }),
      ),
    ).toBe('InvalidNextTokenException')
    expect(code(() => lookupEvents(auditor(world), { NextToken: 'nonsense' }))).toBe(
      'InvalidNextTokenException',
    )
  })

  it("refuses what AWS refuses, by AWS's names", () => {
    const two = [
      { AttributeKey: 'EventName', AttributeValue: 'x' },
      { AttributeKey: 'ReadOnly', AttributeValue: 'true' },
    ]
    expect(code(() => lookupEvents(auditor(world), { LookupAttributes: two }))).toBe(
      'InvalidLookupAttributesException',
    )
    expect(
      code(() =>
        lookupEvents(auditor(world), {
          LookupAttributes: [{ AttributeKey: 'Color', AttributeValue: 'x' }],
        }),
      ),
    ).toBe('InvalidLookupAttributesException')
    expect(code(() => lookupEvents(auditor(world), { StartTime: 2000, EndTime: 1000 }))).toBe(
      'InvalidTimeRangeException',
    )
    expect(code(() => lookupEvents(auditor(world), { MaxResults: 51 }))).toBe(
      'InvalidMaxResultsException',
    )
    expect(code(() => lookupEvents(auditor(world), { EventCategory: 'data' }))).toBe(
      'InvalidEventCategoryException',
    )
  })

  it('finds a key by ARN and by id, and forgets after 90 days', () => {
    const key = [
      ...(world.accounts.get(accountId)?.regions.get('eu-west-1')?.keys.values() ?? []),
    ].find((one) => one.lastUsage)
    const byArn = lookupAll({
      LookupAttributes: [{ AttributeKey: 'ResourceName', AttributeValue: key?.arn ?? '' }],
    })
    expect(byArn.length).toBeGreaterThan(0)
    expect(
      lookupAll({
        LookupAttributes: [{ AttributeKey: 'ResourceName', AttributeValue: key?.keyId ?? '' }],
      }),
    ).toEqual(byArn)
    expect(lookupEvents(auditor(world, { now: now + 91 * 86_400_000 }), {}).Events).toEqual([])
  })
})
