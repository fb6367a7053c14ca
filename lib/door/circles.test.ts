import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { findCircles, readImports } from './circles.mjs'

const root = path.resolve(import.meta.dirname, '../..')
const made: string[] = []
afterAll(() => {
  for (const dir of made) rmSync(dir, { recursive: true, force: true })
})

/** A project with these files, beside a tsconfig.json with the product's alias. */
function makeProject(files: Record<string, string>): string {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'claviger-circles-'))
  made.push(dir)
  const compilerOptions = { module: 'esnext', moduleResolution: 'bundler', allowJs: true }
  const config = { compilerOptions: { ...compilerOptions, paths: { '@/*': ['./*'] } } }
  for (const [name, text] of Object.entries({
    'tsconfig.json': JSON.stringify({ ...config, include: ['**/*.ts', '**/*.tsx'] }),
    ...files,
  })) {
    mkdirSync(path.dirname(path.join(dir, name)), { recursive: true })
    writeFileSync(path.join(dir, name), text)
  }
  return dir
}

test('no files of the product import each other in a circle', () => {
  expect(readImports(root).size).toBeGreaterThan(500)
  expect(findCircles(root)).toEqual([])
})

test.each<[string, Record<string, string>, string]>([
  [
    'types alone',
    {
      'a.ts': "import type { B } from './b'\nexport type A = { b: B }\n",
      'b.ts': "import type { A } from './a'\nexport type B = { a: A }\n",
    },
    'a.ts -> b.ts -> a.ts',
  ],
  [
    'the alias, a re-export and a type written in place',
    {
      'lib/a.ts': "export { b } from '@/lib/b'\n",
      'lib/b.ts': "import { c } from './room/c.mjs'\nexport const b = c\n",
      'lib/room/c.mjs': "export const c = () => import('./d')\n",
      'lib/room/d.tsx': "export type D = typeof import('../a')\n",
    },
    'lib/a.ts -> lib/b.ts -> lib/room/c.mjs -> lib/room/d.tsx -> lib/a.ts',
  ],
])('finds a circle of %s', (_, files, circle) => {
  expect(findCircles(makeProject(files))).toEqual([circle])
})

test('takes two ways to one file for no circle', () => {
  const files = {
    'a.ts': "import './b'\nimport './c'\n",
    'b.ts': "import './c'\n",
    'c.ts': 'export const c = 1\n',
  }
  expect(findCircles(makeProject(files))).toEqual([])
})
