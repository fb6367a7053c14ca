import { expect, it } from 'vitest'
import { toLogLine } from './log-lines.mjs'

it('is one JSON object a line, and nothing a terminal would obey, whatever a request put into it', () => {
  const nasty = 'Unexpected token \u001b]0;pwn\u0007 \0 \u009b31m \u007f \u2028 \r\n{"level":"info","msg":"forged"}'
  const line = toLogLine('error', [new Error(nasty), nasty, { nasty }])
  expect(line.trimEnd().split(/[\r\n\u2028\u2029]/)).toHaveLength(1)
  expect(line.trimEnd()).not.toMatch(/[\0-\x1f\x7f-\x9f]/)
  const said: unknown = JSON.parse(line)
  expect(said).toMatchObject({ level: 'error', msg: expect.stringContaining(nasty) })
})

it('takes passwords out of addresses, and cuts what has no end', () => {
  expect(toLogLine('warn', ['postgresql://ann:hunter2@host/db'])).not.toContain('hunter2')
  expect(toLogLine('warn', ['x'.repeat(1_000_000)]).length).toBeLessThan(10_000)
})
