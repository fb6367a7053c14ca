// The walls of the house (who may import whom) as a lint rule over resolved paths, however an
// import is spelled.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { createRequire } from 'node:module'

// Both come with eslint-plugin-import, which eslint-config-next brings; found from there, wherever
// npm puts them.
const fromPlugin = createRequire(createRequire(import.meta.url).resolve('eslint-config-next'))
const resolve = fromPlugin('eslint-module-utils/resolve').default
const moduleVisitor = fromPlugin('eslint-module-utils/moduleVisitor').default

const root = path.resolve(import.meta.dirname, '../..')

/** The ladder inside lib, lowest rung first: a room may import its own rung and those below. */
const ladder = [
  [
    'errors',
    'result',
    'env',
    'env-schema',
    'log',
    'log-redact',
    'own',
    'storable',
    'plain-json',
    'change-status',
    'table',
    'web',
    'kms',
  ],
  ['db', 'aws'],
  ['work'],
  ['sweep'],
  ['notify'],
  ['audit'],
  ['auth'],
  ['views', 'table-source', 'accounts', 'cost', 'inventory', 'quotas', 'trail'],
  ['policy'],
  ['access'],
  ['findings', 'drafts'],
  ['changes', 'envelope', 'playbooks', 'settings'],
  ['grants'],
  ['overview'],
  ['door', 'worker'],
]
const rungOf = new Map(ladder.flatMap((rooms, rung) => rooms.map((room) => [room, rung])))
/** Not part of the console: what stands in for AWS, what starts everything, what measures. */
const outside = new Set(['sandbox', 'launch', 'bench'])

/** @param {string} file @returns {{ area: string, room: string, file: string } | null} */
function placeOf(file) {
  const relative = path.relative(root, file).split(path.sep).join('/')
  if (relative.startsWith('..') || relative.includes('node_modules/')) return null
  const [area = '', second = ''] = relative.split('/')
  return {
    area,
    room: area === 'lib' ? second.replace(/\.(test\.)?(d\.)?[mc]?[jt]sx?$/, '') : '',
    file: relative,
  }
}

const isTest = (file) => /\.test\.tsx?$|(^|\/)tests?\//.test(file)
const beginsServerOnly = (file) =>
  /^\s*import ['"]server-only['"]/m.test(readFileSync(file, 'utf8').slice(0, 2_000))

const startsAlone = 'The launcher runs before the console is there: it imports only launch, '
const upward = 'app -> components -> lib: '

/** A name of a package leads to none of our files, and to find it in node_modules takes long. */
const isOfPackage = (source) => !/^(\.|\/|@\/|#|file:)/.test(source)

/** Files that may import whatever they like. */
const isFree = ({ area, room, file }) => {
  const isRootConfig = !file.includes('/') && file !== 'proxy.ts'
  return area === 'e2e' || room === 'bench' || isTest(file) || isRootConfig
}

/** Returns why `from` must not import `to`, or null. */
function findBreach(from, to, isType) {
  if (to.area === 'e2e' || isTest(to.file)) return 'Only tests import tests.'
  if (from.room === 'sandbox' || from.room === 'launch') return findStepOut(from, to)
  if (to.area === 'app') return from.area === 'app' ? null : `${upward}nothing imports upward.`
  if (to.area === 'components')
    return from.area === 'lib' ? `${upward}lib never imports upward.` : null
  return to.area === 'lib' ? findStepIntoLib(from, to, isType) : null
}

/** The sandbox and the launcher stand apart from the console. */
function findStepOut(from, to) {
  if (from.room === 'sandbox')
    return to.room === 'sandbox'
      ? null
      : 'The sandbox stands for AWS: it imports nothing of the console.'
  return ['launch', 'env-schema', 'db'].includes(to.room)
    ? null
    : `${startsAlone}env-schema and migrations.`
}

function findStepIntoLib(from, to, isType) {
  if (to.room === 'sandbox')
    return 'The console reaches the sandbox as it reaches AWS: over HTTP. Nothing imports it.'
  if (outside.has(to.room) && from.room !== 'db') return `lib/${to.room} is no part of the console.`
  if (from.area === 'components' && !isType && beginsServerOnly(path.join(root, to.file)))
    return 'components take types and pure files of lib only.'
  const isDoor = ['app', 'components', 'proxy.ts'].includes(from.area) || from.room === 'door'
  if (isDoor && !isType && (to.room === 'db' || to.room === 'aws'))
    return 'Only lib/<domain> talks to Postgres and AWS.'
  return from.area === 'lib' ? findStepUp(from, to, isType) : null
}

function findStepUp(from, to, isType) {
  if (from.room === to.room || outside.has(to.room)) return null
  const [own, other] = [rungOf.get(from.room), rungOf.get(to.room)]
  if (own === undefined || other === undefined)
    return (
      `lib/${own === undefined ? from.room : to.room} has no rung on the ladder yet: give it ` +
      'one in lib/door/walls.mjs.'
    )
  if (other <= own) return null
  // who did it or asks, by type alone
  if (isType && ['audit', 'notify'].includes(from.room) && to.room === 'auth') return null
  return `lib/${to.room} stands above lib/${from.room} on the ladder of lib/door/walls.mjs.`
}

const isTypeOnly = (node) => {
  if (node.importKind === 'type' || node.exportKind === 'type') return true
  const specifiers = node.specifiers ?? []
  return (
    specifiers.length > 0 &&
    specifiers.every((s) => s.importKind === 'type' || s.exportKind === 'type')
  )
}

const direction = {
  meta: { type: 'problem', schema: [], docs: { description: 'Who may import whom' } },
  create(context) {
    const from = placeOf(context.filename)
    if (!from || isFree(from)) return {}
    return moduleVisitor(
      (source, node) => {
        if (typeof source.value !== 'string' || isOfPackage(source.value)) return
        const found = resolve(source.value, context)
        const to = found && placeOf(found)
        if (!to) return
        const breach = findBreach(from, to, isTypeOnly(node))
        if (breach) context.report({ node: source, message: breach })
      },
      { esmodule: true, commonjs: true },
    )
  },
}

/** Rooms whose files never reach a browser by mistake, because they say so in their first line. */
const serverOnly = {
  meta: {
    type: 'problem',
    schema: [],
    docs: { description: "What touches Postgres or AWS begins with import 'server-only'" },
  },
  create(context) {
    const from = placeOf(context.filename)
    if (
      !from ||
      from.area !== 'lib' ||
      outside.has(from.room) ||
      isTest(from.file) ||
      /(^|\/)(main|cli|migrate)\.ts$/.test(from.file)
    )
      return {}
    let touches = null
    let guarded = false
    const visit = moduleVisitor(
      (source, node) => {
        if (source.value === 'server-only') guarded = true
        const isOwn = typeof source.value === 'string' && !isOfPackage(source.value)
        const found = isOwn ? resolve(source.value, context) : null
        const to = found && placeOf(found)
        if (
          to &&
          !isTypeOnly(node) &&
          (to.file === 'lib/db/client.ts' || to.room === 'aws') &&
          from.room !== to.room
        )
          touches ??= source
      },
      { esmodule: true },
    )
    return {
      ...visit,
      'Program:exit': () =>
        touches &&
        !guarded &&
        context.report({
          node: touches,
          message: "A file that touches Postgres or AWS begins with: import 'server-only'",
        }),
    }
  },
}

/** Files of app that Next runs on the server alone. */
const isServerFileOfApp = (file) => /(^|\/)(page\.tsx|route\.ts|actions\.ts)$/.test(file)

/** Whether a file may take zod by where it stands; else it must say that it is server-only. */
const isOfServer = ({ area, room, file }) =>
  isTest(file) ||
  !['app', 'components', 'lib'].includes(area) ||
  (area === 'app' && isServerFileOfApp(file)) ||
  (area === 'lib' && (outside.has(room) || ['door', 'worker', 'env-schema'].includes(room)))

/**
 * zod writes functions from text for speed, which the Content-Security-Policy forbids in a
 * browser, and is twelve times as large: what a browser may load takes zod/mini, which does not.
 */
const zodMini = {
  meta: {
    type: 'problem',
    schema: [],
    docs: { description: 'What a browser may load takes zod/mini' },
  },
  create(context) {
    const from = placeOf(context.filename)
    if (!from || isOfServer(from)) return {}
    let takes = null
    let guarded = false
    const visit = moduleVisitor(
      (source, node) => {
        if (source.value === 'server-only') guarded = true
        if (/^zod(\/v4)?$/.test(source.value) && !isTypeOnly(node)) takes ??= source
      },
      { esmodule: true },
    )
    return {
      ...visit,
      'Program:exit': () =>
        takes &&
        !guarded &&
        context.report({
          node: takes,
          message: "What a browser may load takes zod/mini, or begins with: import 'server-only'",
        }),
    }
  },
}

export const walls = {
  rules: { direction, 'server-only': serverOnly, 'zod-mini': zodMini },
}
