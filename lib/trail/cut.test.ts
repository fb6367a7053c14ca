import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RecordCutter } from './cut'
import { otherRecord, shapes } from './test/shapes'

function cut(text: string | Buffer, pieceLengths: readonly number[] = []) {
  const bytes = Buffer.from(text)
  const cutter = new RecordCutter()
  const found: string[] = []
  let at = 0
  for (const length of pieceLengths) {
    found.push(...cutter.push(bytes.subarray(at, at + length)))
    at += length
  }
  found.push(...cutter.push(bytes.subarray(at)))
  return { found, problem: cutter.problem(), records: cutter.records, tooLarge: cutter.tooLarge }
}
const ours = Object.values(shapes).map((record) => JSON.stringify(record))
const ec2 = JSON.stringify({ ...otherRecord, requestParameters: { a: [{ b: '}]"\\' }] } })

test('however the bytes come, each record of KMS is cut whole and the others are passed over', () => {
  const record = fc.oneof(
    fc.constantFrom(...ours),
    fc.constant(ec2),
    fc.json({ maxDepth: 3 }).map((odd) => JSON.stringify({ odd, text: '\\"{[' })),
  )
  const blank = fc.constantFrom('', ' ', '\n\t')
  fc.assert(
    fc.property(
      fc.array(record, { maxLength: 8 }),
      blank,
      fc.array(fc.integer({ min: 0, max: 700 }), { maxLength: 30 }),
      (records, gap, pieces) => {
        const text = `${gap}{${gap}"Records"${gap}:${gap}[${records.join(`${gap},${gap}`)}${gap}]${gap}}`
        const answer = cut(text, pieces)
        expect(answer.problem).toBeNull()
        expect(answer.records).toBe(records.length)
        expect(answer.found).toEqual(records.filter((one) => one.includes('kms.amazonaws.com')))
      },
    ),
    { numRuns: 2_000 },
  )
})

test('a letter of several bytes is whole, wherever the bytes are torn', () => {
  const record = JSON.stringify({ ...shapes.decrypt, userAgent: 'ключ 🔑 kms.amazonaws.com' })
  const bytes = Buffer.from(`{"Records":[${record}]}`)
  for (let at = 0; at < bytes.length; at++) expect(cut(bytes, [at]).found).toEqual([record])
})

test('a file that is no log file, or only a part of one, says so', () => {
  expect(cut('').problem).toBe('empty')
  expect(cut('no json at all').problem).toBe('notCloudTrail')
  expect(cut('{"Statement":[{"Effect":"Allow"}]}').problem).toBe('notCloudTrail')
  expect(cut(`{"awsAccountId":"1","digestEndTime":"x","logFiles":[]}`).problem).toBe('digest')
  expect(cut('x'.repeat(10_000), [5_000]).problem).toBe('notCloudTrail')
  const half = cut(`{"Records":[${ours[0]},${ours[1]?.slice(0, 100)}`)
  expect(half).toMatchObject({ problem: 'brokenOff', found: [ours[0]], records: 1 })
  expect(cut(`{"Records":[1,"x",${ours[0]}]}`)).toMatchObject({
    problem: 'strays',
    found: [ours[0]],
  })
})

test('a record longer than one can be is counted and not held', () => {
  const huge = `{"kms.amazonaws.com":"${'x'.repeat(3_000_000)}"}`
  const pieces = Array.from({ length: 40 }, () => 100_000)
  expect(cut(`{"Records":[${huge},${ours[0]}]}`, pieces)).toMatchObject({
    records: 2,
    tooLarge: 1,
    found: [ours[0]],
    problem: null,
  })
})
