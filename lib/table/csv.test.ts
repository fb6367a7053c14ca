import fc from 'fast-check'
import { expect, test } from 'vitest'
import { csvField, csvLine } from './csv'

/** A reader of RFC 4180, written apart from the writer. */
function readLine(line: string): string[] {
  const fields: string[] = []
  let rest = line.replace(/\r\n$/u, '')
  for (;;) {
    const quoted = /^"((?:[^"]|"")*)"/u.exec(rest)
    const raw = quoted ? quoted[0] : (/^[^,]*/u.exec(rest)?.[0] ?? '')
    fields.push(quoted ? (quoted[1] ?? '').replaceAll('""', '"') : raw)
    rest = rest.slice(raw.length)
    if (rest === '') return fields
    rest = rest.slice(1)
  }
}

test('no cell begins as a formula, whatever text AWS gave us, and the text survives', () => {
  const nasty = fc.oneof(fc.string(), fc.constantFrom('=', '+', '-', '@', '\t', '\r').chain((first) => fc.string().map((rest) => first + rest)), fc.constant('"=1+1"'), fc.constant('\n=1'))
  fc.assert(fc.property(fc.array(nasty, { minLength: 1, maxLength: 5 }), (texts) => {
    const read = readLine(csvLine(texts))
    expect(read).toHaveLength(texts.length)
    read.forEach((cell, at) => {
      expect(cell).not.toMatch(/^[=+\-@\t\r]/u)
      expect(cell.replace(/^'(?=[=+\-@\t\r])/u, '')).toBe((texts[at] ?? '').replace(/^'(?=[=+\-@\t\r])/u, ''))
    })
  }))
})

test('numbers stay numbers, negative ones too', () => {
  expect(csvField(-3)).toBe('-3')
  expect(csvField('-3')).toBe("'-3")
})
