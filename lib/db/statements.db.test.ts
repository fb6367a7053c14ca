// A column that is renamed must break a test that names the statement: every one that stands in
// the sources is prepared by PostgreSQL here, which looks up all of its names and runs nothing.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { rootDir } from '../launch/paths.mjs'
import { freshDatabase } from './test/database'

const { sql } = await freshDatabase()

/**
 * Statements of which a table's or a column's name, or a whole clause, is not known here: how many
 * a file has, and the test that runs them.
 */
const runBy: Readonly<Record<string, readonly [number, string]>> = {
  'lib/access/key-groups.ts': [2, 'lib/access/key-groups.db.test.ts'],
  'lib/access/of-principal.ts': [1, 'lib/access/whole-fleet.db.test.ts'],
  'lib/accounts/change.ts': [2, 'lib/accounts/accounts.db.test.ts'],
  'lib/accounts/read.ts': [1, 'lib/inventory/coverage.db.test.ts'],
  'lib/audit/page.ts': [4, 'lib/audit/page.db.test.ts'],
  'lib/changes/match/match-mutations.ts': [2, 'lib/changes/match/match.db.test.ts'],
  'lib/changes/read/list-requests.ts': [2, 'lib/changes/other-accounts.db.test.ts'],
  'lib/changes/read/overview.ts': [1, 'lib/changes/read/overview.db.test.ts'],
  'lib/changes/read/waiting.ts': [1, 'lib/changes/read/waiting.db.test.ts'],
  'lib/changes/run/attempt.ts': [1, 'lib/changes/late-calls.db.test.ts'],
  'lib/changes/run/lease.ts': [2, 'lib/worker/idle.db.test.ts'],
  'lib/changes/usage-audit/read-content.ts': [3, 'lib/changes/usage-audit/usage-audit.db.test.ts'],
  'lib/db/forget.ts': [1, 'lib/worker/retention.db.test.ts'],
  'lib/grants/list-grants.ts': [3, 'lib/grants/grants-table.db.test.ts'],
  'lib/grants/rows.ts': [1, 'lib/grants/grants-table.db.test.ts'],
  'lib/inventory/coverage.ts': [1, 'lib/inventory/coverage.db.test.ts'],
  'lib/inventory/sync/core-write.ts': [1, 'lib/inventory/sync/sync-truth.db.test.ts'],
  'lib/inventory/sync/found-changes.ts': [1, 'lib/trail/sources.db.test.ts'],
  'lib/inventory/sync/grants-write.ts': [5, 'lib/inventory/sync/sync-truth.db.test.ts'],
  'lib/inventory/sync/iam.ts': [1, 'lib/inventory/sync/unchanged.db.test.ts'],
  'lib/inventory/sync/last-usage.ts': [1, 'lib/inventory/sync/sync-truth.db.test.ts'],
  'lib/inventory/sync/rotations-write.ts': [4, 'lib/inventory/sync/sync-truth.db.test.ts'],
  'lib/inventory/table/keys-sql.ts': [1, 'lib/inventory/table/read-model.db.test.ts'],
  'lib/inventory/table/query.ts': [3, 'lib/inventory/table/list-keys.db.test.ts'],
  'lib/inventory/table/shared-bytes.ts': [2, 'lib/inventory/table/list-keys.db.test.ts'],
  'lib/sweep/each-key.ts': [1, 'lib/inventory/sync/sync-truth.db.test.ts'],
  'lib/sweep/last-read.ts': [2, 'lib/inventory/sync/read-times.db.test.ts'],
  'lib/sweep/lease.ts': [2, 'lib/worker/idle.db.test.ts'],
  'lib/table-source/sql-source.ts': [1, 'lib/access/external.db.test.ts'],
  'lib/table/statements.ts': [3, 'lib/grants/grants-table.db.test.ts'],
  'lib/trail/bound/recount-bound.ts': [4, 'lib/trail/bound/bound.db.test.ts'],
  'lib/trail/counts/counts-sql.ts': [1, 'lib/trail/counts/counts.db.test.ts'],
  'lib/trail/log-files/cover.ts': [1, 'lib/trail/log-files/log-files.db.test.ts'],
  'lib/trail/recount.ts': [5, 'lib/trail/write.db.test.ts'],
  'lib/trail/signals/find.ts': [1, 'lib/trail/signals/signals.db.test.ts'],
  'lib/trail/usage/over-time.ts': [1, 'lib/trail/usage/usage.db.test.ts'],
  'lib/trail/write.ts': [1, 'lib/trail/write.db.test.ts'],
  'lib/work/claim.ts': [2, 'lib/notify/deliver.db.test.ts'],
}

type Statement = { file: string; line: number; text: string }
type Consts = ReadonlyMap<string, ts.Expression>
/** A text in pieces; between two of them stands a value, or a part that is not known here. */
type Pieces = readonly string[]

const beginsStatement = /^\s*(WITH|SELECT|INSERT INTO|UPDATE|DELETE FROM)\s/
const isOurs = (file: string) =>
  file.endsWith('.ts') &&
  !/\.test\.ts$|\/test\/|^(bench|sandbox|launch)\/|^db\/(generated|engine)\//.test(file)

const sources = readdirSync(path.join(rootDir, 'lib'), { recursive: true, encoding: 'utf8' })
  .filter(isOurs)
  .map((file) => {
    const text = readFileSync(path.join(rootDir, 'lib', file), 'utf8')
    return ts.createSourceFile(`lib/${file}`, text, ts.ScriptTarget.Latest, true)
  })

/** The constants of a file, by name. */
function constsOf(source: ts.SourceFile): Map<string, ts.Expression> {
  const found = new Map<string, ts.Expression>()
  for (const statement of source.statements) {
    if (!ts.isVariableStatement(statement)) continue
    for (const { name, initializer } of statement.declarationList.declarations)
      if (initializer && ts.isIdentifier(name)) found.set(name.text, initializer)
  }
  return found
}

const allConsts = new Map(sources.flatMap((source) => [...constsOf(source)]))

/** Those of the file, and those that it imports. */
function constsIn(source: ts.SourceFile): Consts {
  const named = source.statements.flatMap((statement) => {
    const bindings = ts.isImportDeclaration(statement) && statement.importClause?.namedBindings
    return bindings && ts.isNamedImports(bindings)
      ? bindings.elements.map(({ name }) => name.text)
      : []
  })
  const imported = named.flatMap((name) => {
    const found = allConsts.get(name)
    return found ? [[name, found] as const] : []
  })
  return new Map([...imported, ...constsOf(source)])
}

const isTagged = (node: ts.Node) =>
  ts.isTaggedTemplateExpression(node) && node.tag.getText() === 'sql'
const isRaw = (node: ts.Node): node is ts.CallExpression =>
  ts.isCallExpression(node) && node.expression.getText() === 'raw'

const concat = (first: Pieces, second: Pieces): Pieces => [
  ...first.slice(0, -1),
  `${first.at(-1)}${second[0]}`,
  ...second.slice(1),
]

/** What the tag puts in the place of an expression: a part, or null for a value. */
function partOf(node: ts.Expression, consts: Consts): Pieces | null {
  if (isTagged(node) || isRaw(node)) return piecesOf(node, consts)
  const named = ts.isIdentifier(node) ? consts.get(node.text) : undefined
  return named && !ts.isIdentifier(named) ? partOf(named, consts) : null
}

/** The text that an expression is, with the constants in it; null where it is no text. */
function piecesOf(node: ts.Expression, consts: Consts): Pieces | null {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return [node.text]
  if (ts.isNumericLiteral(node)) return [node.text]
  if (ts.isParenthesizedExpression(node)) return piecesOf(node.expression, consts)
  if (ts.isTaggedTemplateExpression(node)) return piecesOf(node.template, consts)
  if (ts.isConditionalExpression(node)) return piecesOf(node.whenTrue, consts)
  if (isRaw(node)) return node.arguments[0] ? piecesOf(node.arguments[0], consts) : null
  if (ts.isIdentifier(node)) {
    const named = consts.get(node.text)
    return named && !ts.isIdentifier(named) ? piecesOf(named, consts) : null
  }
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken) {
    const [left, right] = [piecesOf(node.left, consts), piecesOf(node.right, consts)]
    return left && right && concat(left, right)
  }
  if (!ts.isTemplateExpression(node)) return null
  const read = isTagged(node.parent) ? partOf : piecesOf
  return node.templateSpans.reduce<Pieces>(
    (text, { expression, literal }) =>
      concat(concat(text, read(expression, consts) ?? ['', '']), [literal.text]),
    [node.head.text],
  )
}

/** Puts the next parameter between two pieces, or a number where a literal goes on. */
function fill(pieces: Pieces): string {
  const numbered = [...pieces.join('').matchAll(/\$(\d+)/g)].map(([, number]) => Number(number))
  const last = Math.max(0, ...numbered)
  return pieces.reduce((text, piece, index) => {
    const isQuoted = text.split("'").length % 2 === 0
    return `${text}${isQuoted ? '1' : `$${last + index}`}${piece}`
  })
}

function listStatements(source: ts.SourceFile): Statement[] {
  const consts = constsIn(source)
  const found: Statement[] = []
  const visit = (node: ts.Node): void => {
    const pieces = ts.isExpression(node) ? piecesOf(node, consts) : null
    if (pieces && !ts.isIdentifier(node) && beginsStatement.test(pieces[0] ?? '')) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart())
      found.push({ file: source.fileName, line: line + 1, text: fill(pieces) })
      return
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

const statements = sources.flatMap(listStatements)

/** PostgreSQL's code: every name was found; only of what type a parameter is could not be said. */
const undeterminedType = '42P18'

async function findRefusal({ text }: Statement): Promise<string | null> {
  try {
    await sql.execute(`PREPARE looked_at AS ${text}`)
    await sql.execute('DEALLOCATE ALL')
    return null
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    return error.code === undeterminedType ? null : error.message
  }
}

test('every statement names what the database has, or is one that a test runs', async () => {
  const refused = new Map<string, string[]>()
  for (const statement of statements) {
    const refusal = await findRefusal(statement)
    const { file, line } = statement
    if (refusal) refused.set(file, [...(refused.get(file) ?? []), `${line}: ${refusal}`])
  }
  expect(statements.length).toBeGreaterThan(250)
  const others = [...refused].filter(([file, lines]) => lines.length !== runBy[file]?.[0])
  expect(Object.fromEntries(others)).toEqual({})
  const needless = Object.keys(runBy).filter((file) => !refused.has(file))
  expect(needless).toEqual([])
})

test('a part of a statement names no parameter by its number', () => {
  const found = sources.flatMap((source) => {
    const inStatements: string[] = []
    const visit = (node: ts.Node): void => {
      const pieces = ts.isExpression(node) ? piecesOf(node, new Map()) : null
      if (!pieces) return void ts.forEachChild(node, visit)
      const text = pieces.join('')
      if (!/^\s*\(?(WITH|SELECT|INSERT INTO|UPDATE|DELETE FROM)\s/.test(text) && /\$\d/.test(text))
        inStatements.push(`${source.fileName}: ${text}`)
      else ts.forEachChild(node, (child) => void (ts.isTemplateSpan(child) && visit(child)))
    }
    visit(source)
    return inStatements
  })
  expect(found).toEqual([])
})

test('the tests that run what is composed are there', () => {
  const tests = Object.values(runBy).map(([, file]) => file)
  expect(tests.filter((file) => !existsSync(path.join(rootDir, file)))).toEqual([])
})
