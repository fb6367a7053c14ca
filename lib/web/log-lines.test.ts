import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { expect, it } from 'vitest'
import { toLogLine } from './log-lines.mjs'

it('is one JSON object a line, and nothing a terminal would obey, whatever a request put into it', () => {
  const nasty =
    'Unexpected token \u001b]0;pwn\u0007 \0 \u009b31m \u007f \u2028 \r\n{"level":"info","msg":"forged"}'
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

it('tells once of what nobody waited for, before Next has its listener and after', () => {
  const next = 'next/dist/server/node-environment-extensions/process-error-handlers.js'
  const program = `
    import { logConsole } from ${JSON.stringify(path.join(import.meta.dirname, 'log-lines.mjs'))}
    import handlers from ${JSON.stringify(next)}
    const settle = () => new Promise((resolve) => setTimeout(resolve, 20))
    const leaveRejections = logConsole()
    void Promise.reject(new Error('the first'))
    await settle()
    handlers.registerUnhandledRejectionListener()
    leaveRejections()
    void Promise.reject(new Error('the second'))
    await settle()`
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', program],
    { cwd: import.meta.dirname, encoding: 'utf8' },
  )
  const told = ['the first', 'the second'].map(
    (words) => stdout.split('\n').filter((line) => line.includes(words)).length,
  )
  expect({ status, told, stderr }).toEqual({ status: 0, told: [1, 1], stderr: '' })
})
