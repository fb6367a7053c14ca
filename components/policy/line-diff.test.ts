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
})
