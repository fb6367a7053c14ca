import { describe, expect, it } from 'vitest'
import { countdownWords } from './countdown-words'

describe('countdown', () => {
  it.each([
    [-1, null],
    [0, null],
    [1, '1 s'],
    [59_001, '1 min'],
    [65_000, '1 min 5 s'],
    [3_600_000, '1 h'],
    [5 * 3_600_000 + 120_000, '5 h 2 min'],
    [86_400_000, '1 day'],
    [7 * 86_400_000 - 1_000, '6 days 23 h'],
  ])('%d ms is %s', (milliseconds, said) => expect(countdownWords(milliseconds)).toBe(said))
})
