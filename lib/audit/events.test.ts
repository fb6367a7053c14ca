import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { eventNameOf, storedNamesOf } from './event-names'
import { auditEvents, eventWordsOf, type AuditEventName } from './events'

const lib = path.resolve(import.meta.dirname, '..')
const isProduct = (file: string) =>
  file.endsWith('.ts') && !/(?:^|\/)test\/|\.test\.|db\/generated|^(?:bench|sandbox)\//u.test(file)
/** Texts of the console's own files, without the lists of events and without what is told. */
const sources = readdirSync(lib, { recursive: true, encoding: 'utf8' })
  .filter((file) => isProduct(file) && !/^(?:audit|notify)\/event/u.test(file))
  .map((file) => ({
    file,
    text: readFileSync(path.join(lib, file), 'utf8').replaceAll(
      /\bnotify\(\w+, \{\s+event: '[^']+'/gu,
      '',
    ),
  }))

const names: ReadonlySet<string> = new Set(Object.keys(auditEvents))

describe('the list of audit events', () => {
  it('is closed: no entry has a name that it does not hold', () => {
    // @ts-expect-error an older name
    const older: AuditEventName = 'role.given'
    // @ts-expect-error a name with a slip of the pen
    const mistyped: AuditEventName = 'role.grantd'
    expect([older, mistyped].filter((name) => names.has(name))).toEqual([])
    const writers = sources.filter(({ text }) => text.includes('audit_append('))
    expect(writers.map(({ file }) => file)).toEqual(['audit/append.ts'])
    const written = sources
      .filter(({ text }) => text.includes('appendAudit('))
      .flatMap(({ text }) => [...text.matchAll(/\bevent: '([^']+)'/gu)].map(([, name]) => name))
    expect(written.length).toBeGreaterThan(30)
    expect(written.filter((name = '') => !names.has(name))).toEqual([])
  })

  it('holds no name that nobody writes', () => {
    const unwritten = [...names].filter(
      (name) => !sources.some(({ text }) => text.includes(`'${name}'`)),
    )
    expect(unwritten).toEqual([])
  })

  it('finds what older versions stored under the name of now', () => {
    expect(eventNameOf('standIn.ended')).toBe('delegate.ended')
    expect(storedNamesOf('delegate.named')).toEqual(['delegate.named', 'standIn.named'])
    expect([...names].filter((name) => eventNameOf(name) !== name)).toEqual([])
  })

  it('says each in words of its own, and nothing of one that it does not know', () => {
    const words = [...names].map(eventWordsOf)
    expect(new Set(words).size).toBe(names.size)
    expect(words).not.toContain(null)
    expect(eventWordsOf('constructor')).toBeNull()
    expect(eventWordsOf('test.happened')).toBeNull()
  })
})
