import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { countReport } from './test-stages.mjs'

const dir = mkdtempSync(path.join(os.tmpdir(), 'claviger-report-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))
const file = path.join(dir, 'report.json')
const read = (report: { p: number; f: number }) => ({ passed: report.p, failed: report.f })
const count = (code: number, report: string) => {
  writeFileSync(file, report)
  return countReport({ code, output: '' }, file, read)
}

test('passed and failed are what the report says', () => {
  expect(count(1, '{"p":3,"f":2}')).toMatchObject({ passed: 3, failed: 2 })
  expect(count(0, '{"p":3,"f":0}')).toMatchObject({ passed: 3, failed: 0 })
})

test.each([
  ['ran nothing', 0, '{"p":0,"f":0}'],
  ['crashed after passing tests', 139, '{"p":3,"f":0}'],
  ['wrote half a report', 1, '{"p":3,'],
])('a runner that %s counts as failed', (_, code, report) => {
  expect(count(code, report).failed).toBe(1)
})

test('a runner that wrote no report counts as failed', () => {
  expect(countReport({ code: 0, output: '' }, path.join(dir, 'none.json'), read)).toMatchObject({
    passed: 0,
    failed: 1,
  })
})
