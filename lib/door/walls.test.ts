import { ESLint } from 'eslint'
import path from 'node:path'
import { describe, expect, it } from 'vitest'

const root = path.resolve(import.meta.dirname, '../..')
const eslint = new ESLint({ cwd: root })

/** What the lint says about `code` if it stood in `file`. */
async function complaints(file: string, code: string): Promise<string[]> {
  const [result] = await eslint.lintText(code, { filePath: path.join(root, file) })
  return (result?.messages ?? []).map((message) => `${message.ruleId}: ${message.message}`)
}
const db = "import { db } from '@/lib/db/client'\nexport const x = db\n"

describe('the walls of the house', () => {
  it.each<[string, string, string]>([
    [
      'lib/auth/x.ts',
      "import 'server-only'\nexport { setDisabled } from '../settings/access'\n",
      'stands above lib/auth',
    ],
    [
      'lib/inventory/x.ts',
      "import 'server-only'\nexport * from '../../lib/door/page'\n",
      'stands above lib/inventory',
    ],
    ['lib/errors.ts', "export { db } from './db/client'\n", 'stands above lib/errors'],
    [
      'lib/audit/x.ts',
      "import 'server-only'\nexport { authorize } from '../auth/permit'\n",
      'stands above lib/audit',
    ],
    [
      'lib/grants/x.ts',
      "export { Shell } from '@/components/shell/shell'\n",
      'nothing imports upward|lib never imports upward',
    ],
    [
      'components/x.tsx',
      "export { failed } from '../app/(console)/failed'\n",
      'nothing imports upward',
    ],
    [
      'components/x.tsx',
      "export { recordSignIn } from '@/lib/auth/sign-in'\n",
      'pure files of lib',
    ],
    ['app/(console)/x.ts', db, 'Only lib/<domain>'],
    [
      'app/(console)/x.ts',
      "export const x = () => import('../../lib/db/client')\n",
      'Only lib/<domain>',
    ],
    ['lib/door/x.ts', `import 'server-only'\n${db}`, 'Only lib/<domain>'],
    ['lib/grants/x.ts', "export { people } from '@/lib/sandbox/idp/people'\n", 'over HTTP'],
    [
      'lib/sandbox/x.ts',
      "export { AppError } from '../errors'\n",
      'imports nothing of the console',
    ],
    ['lib/unheardof/x.ts', "export { AppError } from '../errors'\n", 'no rung'],
    ['lib/grants/x.ts', db, "begins with: import 'server-only'"],
    ['lib/grants/x.ts', "export { headers } from 'next/headers'\n", 'know Next'],
    ['components/x.tsx', "export { z } from 'zod'\n", 'takes zod/mini'],
    ['app/(console)/x-view.tsx', "export { z } from 'zod'\n", 'takes zod/mini'],
    ['lib/changes/x.ts', "export { z } from 'zod'\n", 'takes zod/mini'],
    [
      'lib/changes/x.ts',
      "export { grantsTable } from '../grants/grants-source'\n",
      'stands above lib/changes',
    ],
    ['components/x.tsx', "export { KMSClient } from '@aws-sdk/client-kms'\n", 'No AWS SDK'],
    [
      'app/(console)/x.ts',
      "import pg from 'pg'\nexport const x = new pg.Pool()\n",
      'opens Postgres',
    ],
    ['app/(console)/x.tsx', "export async function save() {\n  'use server'\n}\n", "'use server'"],
    ['app/(console)/actions.ts', "'use server'\nexport async function save() {}\n", 'Export only'],
    [
      'app/(console)/actions.ts',
      "'use server'\nexport const save = async () => {}\n",
      'made by action',
    ],
    ['app/(console)/actions.ts', "'use server'\nexport * from './other'\n", 'Export only'],
    [
      'app/(console)/x/page.tsx',
      'export default async function Page() { return null }\n',
      'through its door',
    ],
    [
      'app/api/x/route.ts',
      'export async function GET() { return Response.json({}) }\n',
      'through its door',
    ],
    [
      'app/api/x/route.ts',
      "import { route } from '@/lib/door/route'\nexport const POST = route('keys.read', 1, 2)\n",
      'only reads',
    ],
    [
      'lib/grants/x.ts',
      "import type { Permit } from '../auth/permit'\nexport const p = {} as Permit<'grants.read'>\n",
      'made only by authorize',
    ],
    ['lib/grants/x.ts', 'export const x = (y: any) => y\n', 'no-explicit-any'],
    [
      'lib/grants/x.ts',
      Array.from({ length: 401 }, (_, i) => `export const x${i} = ${i}\n`).join(''),
      'max-lines',
    ],
    [
      'lib/grants/x.ts',
      `export function x() {\n${'  x()\n'.repeat(60)}}\n`,
      'max-lines-per-function',
    ],
    [
      'lib/grants/x.ts',
      `export const x = (y: number) =>\n${'  y === 1 ||\n'.repeat(20)}  y === 2\n`,
      'complexity of 21',
    ],
    [
      'e2e/x.spec.ts',
      "import { test } from '@playwright/test'\ntest.only('x', async ({ page }) => { await page.waitForTimeout(5) })\n",
      'hides the others',
    ],
  ])('%s: a breach is an error (%#)', async (file, code, words) => {
    expect((await complaints(file, code)).join('\n')).toMatch(new RegExp(words))
  })

  it.each<[string, string]>([
    [
      'lib/settings/x.ts',
      "import 'server-only'\nimport { db } from '../db/client'\nimport type { Permit } from " +
        "'../auth/permit'\nexport const x = (_: Permit<'keys.read'>) => db\n",
    ],
    ['lib/audit/x.ts', "import type { Actor } from '../auth/permit'\nexport type X = Actor\n"],
    [
      'components/x.tsx',
      "import type { PersonRow } from '@/lib/settings/read'\nimport { scopeOf } from " +
        "'@/lib/auth/permissions'\nexport type X = PersonRow\nexport const x = scopeOf\n",
    ],
    [
      'app/(console)/actions.ts',
      "'use server'\nimport { action } from '@/lib/door/action'\nexport const save = action('keys.read', null, null)\n",
    ],
    ['lib/sandbox/idp/x.ts', "export { people } from './people'\n"],
  ])('%s: what the house allows passes (%#)', async (file, code) => {
    expect(await complaints(file, code)).toEqual([])
  })
}, 120_000)
