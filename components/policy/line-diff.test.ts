import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lineDiff } from './line-diff'

const text = fc
  .array(fc.constantFrom('a', 'b', 'c', ''), { minLength: 1, maxLength: 12 })
  .map((lines) => lines.join('\n'))
const side = (lines: ReturnType<typeof lineDiff>, sign: '+' | '-') =>
  lines
    .filter((line) => line.sign === ' ' || line.sign === sign)
    .map((line) => line.text)
    .join('\n')

describe('difference of two texts by line', () => {
  it('holds both texts whole, and nothing that is in neither', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const lines = lineDiff(before, after)
        expect(side(lines, '-')).toBe(before)
        expect(side(lines, '+')).toBe(after)
      }),
    )
  })

  it('shows one changed line as one taken and one added', () => {
    expect(lineDiff('x\ny\nz', 'x\nY\nz')).toEqual([
      { sign: ' ', text: 'x' },
      { sign: '-', text: 'y' },
      { sign: '+', text: 'Y' },
      { sign: ' ', text: 'z' },
    ])
  })

  it('takes memory by what differs and not by what is long', () => {
    const lines = Array.from({ length: 50_000 }, (_, line) => String(line))
    const changed = lines.with(25_000, 'another')
    const signs = lineDiff(lines.join('\n'), changed.join('\n')).filter(({ sign }) => sign !== ' ')
    expect(signs).toEqual([
      { sign: '-', text: '25000' },
      { sign: '+', text: 'another' },
    ])
  })

  it('shows two texts with nothing in common whole, one after the other', () => {
    const lines = (word: string) => Array.from({ length: 5_000 }, (_, line) => word + line)
    expect(lineDiff(lines('a').join('\n'), lines('b').join('\n'))).toEqual([
      ...lines('a').map((text) => ({ sign: '-', text })),
      ...lines('b').map((text) => ({ sign: '+', text })),
    ])
  })
})
