import fc from 'fast-check'
import { expect, test } from 'vitest'
import { csvField, csvLine } from './csv'

/** Without the apostrophes that guard a cell. */
const plain = (text: string) => text.replaceAll(/'(?=[=+\-@\t\r])/gu, '')

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
  const nasty = fc.oneof(
    fc.string(),
    fc
      .constantFrom('=', '+', '-', '@', '\t', '\r')
      .chain((first) => fc.string().map((rest) => first + rest)),
    fc.constant('"=1+1"'),
    fc.constant('\n=1'),
  )
  fc.assert(
    fc.property(fc.array(nasty, { minLength: 1, maxLength: 5 }), (texts) => {
      const read = readLine(csvLine(texts))
      expect(read).toHaveLength(texts.length)
      read.forEach((cell, at) => {
        expect(cell).not.toMatch(/^[=+\-@\t\r]/u)
        expect(plain(cell)).toBe(plain(texts[at] ?? ''))
      })
    }),
  )
})

/**
 * What a spreadsheet makes of a line that splits at another character, with
 * or without minding quotes.
 */
const cellsBy = (separator: RegExp, line: string) =>
  line.split(separator).map((cell) => cell.replace(/^[" ]+/u, ''))

test('nor does a cell where a spreadsheet splits at semicolons, tabs or breaks inside quotes', () => {
  const pieces = fc.constantFrom(
    'x',
    ';',
    '\t',
    '\r',
    '\n',
    '=1+1',
    '+1',
    '-1',
    '@SUM(A1)',
    '"',
    ' ',
    ',',
    "'",
  )
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
      const text = parts.join('')
      const field = csvField(text)
      for (const separator of [/;/u, /\t/u, /[\r\n]/u, /[;\t\r\n]/u]) {
        for (const cell of cellsBy(separator, field)) expect(cell).not.toMatch(/^[=+\-@]/u)
      }
      expect(plain(readLine(`${field}\r\n`)[0] ?? '')).toBe(plain(text))
    }),
  )
  expect(csvField('x;=1+1;y')).toBe(`"x;'=1+1;y"`)
})

test('a cell as long as anyone makes it costs no more than its length', () => {
  // Read through once for each letter, each of these would outlast the time a test has.
  const most = 300_000
  for (const text of [' '.repeat(most), `x${' '.repeat(most)}=1`, 'x =1'.repeat(most / 4)]) {
    expect(csvField(text)).toBe(text)
  }
  expect(csvField('"'.repeat(most))).toBe('"'.repeat(2 * most + 2))
})

test('numbers stay numbers, negative ones too', () => {
  expect(csvField(-3)).toBe('-3')
  expect(csvField('-3')).toBe("'-3")
})
