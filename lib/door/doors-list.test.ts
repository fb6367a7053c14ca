import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import * as listed from '../../e2e/doors'
import { permissionNames } from '../auth/permissions'

const app = path.resolve(import.meta.dirname, '../../app')
const files = readdirSync(app, { recursive: true, encoding: 'utf8' }).map((file) =>
  file.replaceAll(path.sep, '/'),
)

const parse = (file: string) =>
  ts.createSourceFile(
    file,
    readFileSync(path.join(app, file), 'utf8'),
    ts.ScriptTarget.Latest,
    true,
    ts.ScriptKind.TSX,
  )

/**
 * The permission that a call of a door names: its first argument that is one.
 * 'anyone' where no door stands.
 */
function permissionIn(expression: ts.Node | undefined): string {
  if (!expression || !ts.isCallExpression(expression)) return 'anyone'
  const named = expression.arguments.find(
    (one) => ts.isStringLiteral(one) && permissionNames.some((name) => name === one.text),
  )
  return named && ts.isStringLiteral(named) ? named.text : 'anyone'
}

/** The budget that a call of a door names. */
function budgetIn(expression: ts.Node | undefined): string {
  const options =
    expression && ts.isCallExpression(expression) ? expression.arguments.at(-1) : undefined
  if (!options || !ts.isObjectLiteralExpression(options)) return 'none'
  const [budget] = options.properties.filter((one) => one.name?.getText() === 'budget')
  return budget && ts.isPropertyAssignment(budget) && ts.isStringLiteral(budget.initializer)
    ? budget.initializer.text
    : 'none'
}

/** Exported names with what each is made by; `default` for the default export. */
function exportsOf(file: string): [name: string, made: ts.Node | undefined][] {
  return parse(file).statements.flatMap((statement): [string, ts.Node | undefined][] => {
    if (ts.isExportAssignment(statement)) return [['default', statement.expression]]
    if (
      !ts.isVariableStatement(statement) ||
      !statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
    )
      return []
    return statement.declarationList.declarations.map(({ name, initializer }) => [
      name.getText(),
      initializer,
    ])
  })
}

/** app/(console)/keys/page.tsx -> /keys */
const addressOf = (file: string) =>
  `/${path.posix.dirname(file)}`.replace(/\/\([^)]*\)/g, '').replace(/^\/\.$/, '') || '/'

const doorsIn = (
  kind: 'page.tsx' | 'route.ts',
  exported: string,
  read: (made: ts.Node | undefined) => string = permissionIn,
) =>
  Object.fromEntries(
    files
      .filter((file) => path.posix.basename(file) === kind)
      .map((file) => [
        addressOf(file),
        read(exportsOf(file).find(([name]) => name === exported)?.[1]),
      ]),
  )

describe('e2e/doors.ts, which the authorization test asks by, says what the source asks', () => {
  it('of every page', () => expect(doorsIn('page.tsx', 'default')).toEqual(listed.pages))

  it('of every handler', () => {
    const { '/icon.svg': icon, ...handlers } = listed.handlers
    expect(icon).toBe('anyone')
    const others = Object.fromEntries(Object.keys(listed.posts).map((one) => [one, 'anyone']))
    expect(doorsIn('route.ts', 'GET')).toEqual({ ...handlers, ...others })
  })

  it('of every handler that takes a body', () => {
    const taking = Object.entries(doorsIn('route.ts', 'POST')).filter(([, one]) => one !== 'anyone')
    expect(Object.fromEntries(taking)).toEqual(listed.posts)
  })

  it('and every export counts, and runs for nobody who was led to it', () => {
    const budgets = doorsIn('route.ts', 'GET', budgetIn)
    const exporting = listed.exportHandlers.filter((address) => !(address in listed.downloads))
    expect(exporting.length).toBeGreaterThan(2)
    expect(Object.fromEntries(exporting.map((address) => [address, budgets[address]]))).toEqual(
      Object.fromEntries(exporting.map((address) => [address, 'exports'])),
    )
  })

  it('of every table, which is downloaded through the door of tables', () => {
    const madeBy = (made: ts.Node | undefined) =>
      made && ts.isCallExpression(made) ? made.expression.getText() : 'none'
    const tables = Object.entries(doorsIn('route.ts', 'GET', madeBy)).filter(
      ([, door]) => door === 'tableRoute',
    )
    expect(tables.map(([address]) => address).toSorted()).toEqual(
      Object.keys(listed.downloads).toSorted(),
    )
    const door = readFileSync(path.resolve(app, '../lib/door/table.ts'), 'utf8')
    expect(door).toMatch(/route\(\s*'keys\.export',[^]*\{ budget: 'exports' \}/)
  })

  it('of every action', () => {
    const actions = files
      .filter((file) => path.posix.basename(file) === 'actions.ts')
      .flatMap((file) =>
        exportsOf(file).map(([name, made]) => [
          `${file.replace('(console)/', '')} ${name}`,
          permissionIn(made),
        ]),
      )
    expect(Object.fromEntries(actions)).toEqual(listed.actions)
  })

  it('and what stands between a page and its door hands the permission on as it got it', () => {
    const between = files
      .filter(
        (file) =>
          /\.tsx?$/.test(file) && !/(?:^|\/)(?:page\.tsx|route\.ts|actions\.ts)$/.test(file),
      )
      .filter((file) =>
        /from '@\/lib\/door\/(?:page|route|action|post)'/.test(
          readFileSync(path.join(app, file), 'utf8'),
        ),
      )
    expect(between.toSorted()).toEqual([
      '(console)/keys/[account]/[region]/[keyId]/key-page.tsx',
      '(console)/table-page.tsx',
    ])
    for (const file of between) {
      const text = readFileSync(path.join(app, file), 'utf8')
      expect(text).toMatch(/permission: P,[^]*=>\n {2}page\(\s*permission,/)
    }
  })
})
