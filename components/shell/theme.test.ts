import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { themeStylesheet } from './theme'

test('theme.css is what theme.ts and the kit make (after a change: npx tsx components/shell/write-theme.ts)', () => {
  expect(readFileSync(path.join(import.meta.dirname, 'theme.css'), 'utf8')).toBe(themeStylesheet())
})
