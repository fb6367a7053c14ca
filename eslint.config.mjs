import coreWebVitals from 'eslint-config-next/core-web-vitals'
import typescript from 'eslint-config-next/typescript'
import { walls } from './lib/door/walls.mjs'

const permitCast = {
  selector: "TSAsExpression > TSTypeReference[typeName.name='Permit']",
  message: 'A Permit is made only by authorize().',
}
const useServer = {
  selector: "ExpressionStatement[directive='use server']",
  message: "'use server' stands only at the top of app/**/actions.ts.",
}
const onlyActions = [
  {
    selector: 'ExportNamedDeclaration > :not(VariableDeclaration)',
    message: 'Export only: const x = action(...)',
  },
  {
    selector: 'ExportNamedDeclaration[declaration=null]',
    message: 'Export only: const x = action(...)',
  },
  {
    selector:
      "ExportNamedDeclaration > VariableDeclaration > VariableDeclarator:not([init.callee.name='action'])",
    message: 'Every action is made by action(permission, schema, run).',
  },
  {
    selector: 'ExportDefaultDeclaration, ExportAllDeclaration',
    message: 'Export only: const x = action(...)',
  },
]
const onlyPages = [
  {
    selector: 'ExportDefaultDeclaration > :not(CallExpression)',
    message:
      'A page goes through its door: export default page(permission, show, failed), or a helper that calls it.',
  },
]
const onlyRoutes = [
  {
    selector: 'ExportNamedDeclaration > FunctionDeclaration',
    message: 'A handler goes through its door: export const GET = route(permission, schema, read).',
  },
  {
    selector:
      'ExportNamedDeclaration > VariableDeclaration > ' +
      'VariableDeclarator[id.name="GET"]:not([init.callee.name=/^(route|tableRoute)$/])',
    message: 'A handler goes through its door: export const GET = route(permission, schema, read).',
  },
  {
    selector:
      'ExportNamedDeclaration > VariableDeclaration > ' +
      'VariableDeclarator[id.name="POST"]:not([init.callee.name="post"])',
    message:
      'A handler only reads; what changes something is an action. A body that is read as it comes ' +
      'goes through its door: export const POST = post(permission, schema, run).',
  },
  {
    selector:
      'ExportNamedDeclaration > VariableDeclaration > VariableDeclarator[id.name=/^(PUT|PATCH|DELETE)$/]',
    message: 'A handler only reads; what changes something is an action.',
  },
]
/** Pages and handlers that anyone may ask for: each says no more than its own first line. */
const withoutDoor = [
  'app/(auth)/**',
  'app/**/?...rest?/page.tsx',
  'app/api/auth/**',
  'app/api/health/**',
  'app/api/ready/**',
  'app/api/metrics/**',
]
/**
 * Where lines above 120 characters are left: tables of data, and files that are still to be
 * wrapped.
 */
const longLines = ['lib/policy/lint/kms-table.ts']
const forbidImports = (...patterns) => ({
  '@typescript-eslint/no-restricted-imports': ['error', { patterns }],
})
const next = {
  group: ['next', 'next/*', 'next-auth', 'next-auth/*'],
  message: 'Only lib/door and lib/auth/session.ts know Next.',
}
const kitTable = {
  group: ['@cloudscape-design/components/table'],
  message: 'BoxTable of components/table keeps within its box, on a phone too.',
  allowTypeImports: true,
}
const postgres = {
  group: ['@prisma/*', 'pg'],
  message: 'Only lib/db opens Postgres.',
  allowTypeImports: true,
}
// A domain names the SDK's commands; the client that sends them, with its credentials and its
// budget, is lib/aws's alone.
const credentials = { group: ['@aws-sdk/credential-*'], message: 'Only lib/aws holds credentials.' }
const sdk = {
  group: ['@aws-sdk/*'],
  message: 'No AWS SDK in pages, components or doors.',
  allowTypeImports: true,
}

/** Off where there is neither React nor Next's bundle: they take a fifth of the time of all rules. */
const ofReact = Object.fromEntries(
  [...coreWebVitals, ...typescript]
    .flatMap(({ rules = {} }) => Object.keys(rules))
    .filter((name) => /^(react|react-hooks|jsx-a11y|@next\/next)\//.test(name))
    .map((name) => [name, 'off']),
)

const config = [
  {
    ignores: [
      '.next/**',
      '.next-*/**',
      '.claviger/**',
      'lib/db/generated/**',
      'next-env.d.ts',
      'test-results/**',
      'playwright-report/**',
      '**/.*.mts',
    ],
  },
  ...coreWebVitals,
  ...typescript,
  {
    files: ['**/*.{ts,tsx,mts,mjs}'],
    plugins: { walls },
    settings: { 'import/resolver': { typescript: { project: './tsconfig.json' }, node: true } },
    rules: {
      'walls/direction': 'error',
      'walls/zod-mini': 'error',
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      complexity: ['error', { max: 20 }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        {
          argsIgnorePattern: '^_',
          varsIgnorePattern: '^_',
          caughtErrorsIgnorePattern: '^_',
          ignoreRestSiblings: true,
        },
      ],
      // Links of the kit are plain <a>: components/shell/router-link.tsx leads
      // them all through the router.
      '@next/next/no-html-link-for-pages': 'off',
      // A cell of a table is a function in a list of columns; its name is the column's.
      'react/display-name': 'off',
      // Signing out and in is a full load on purpose: nothing of a session stays in memory.
      '@next/next/no-location-assign-relative-destination': 'off',
      // What it forbids, the page asking for its own first render, is how the shell
      // learns the width of the window.
      'react-hooks/set-state-in-effect': 'off',
    },
  },
  {
    files: ['**/*.{ts,tsx,mts,mjs}'],
    ignores: longLines,
    rules: { 'max-len': ['error', { code: 120, ignoreUrls: true, ignoreRegExpLiterals: true }] },
  },
  { files: ['lib/**/*.{ts,mjs}', 'e2e/**', 'prisma/**'], rules: ofReact },
  // The bench and the tests call readers without a door; one file makes the permits of both.
  {
    files: ['**/*.{ts,tsx}'],
    ignores: ['lib/auth/permit.ts', 'lib/auth/test/permit.ts'],
    rules: { 'no-restricted-syntax': ['error', permitCast, useServer] },
  },
  {
    files: ['app/**/page.tsx'],
    ignores: withoutDoor,
    rules: { 'no-restricted-syntax': ['error', permitCast, useServer, ...onlyPages] },
  },
  {
    files: ['app/**/route.ts'],
    ignores: withoutDoor,
    rules: { 'no-restricted-syntax': ['error', permitCast, useServer, ...onlyRoutes] },
  },
  {
    files: ['app/**/actions.ts'],
    rules: { 'no-restricted-syntax': ['error', permitCast, ...onlyActions] },
  },
  { files: ['lib/**/*.{ts,tsx}'], rules: { 'walls/server-only': 'error' } },
  { files: ['app/**', 'components/**'], rules: forbidImports(postgres, sdk, kitTable) },
  { files: ['components/table/box-table.tsx'], rules: forbidImports(postgres, sdk) },
  {
    files: ['lib/**/*.{ts,tsx}'],
    ignores: [
      'lib/door/**',
      'lib/auth/session.ts',
      'lib/db/**',
      'lib/aws/**',
      'lib/worker/**',
      'lib/sandbox/**',
      'lib/bench/**',
      'lib/launch/**',
      '**/*.test.ts',
    ],
    rules: forbidImports(next, postgres, credentials),
  },
  { files: ['lib/db/**', 'lib/aws/**', 'lib/worker/**'], rules: forbidImports(next) },
  { files: ['lib/door/**', 'lib/auth/session.ts'], rules: forbidImports(postgres, sdk) },
  // A describe is one function around all its tests; its fixtures are told as one story.
  {
    files: ['**/*.test.ts', '**/*.spec.ts', '**/test/**'],
    rules: { 'max-lines-per-function': 'off', complexity: 'off' },
  },
  {
    files: ['e2e/**', '**/*.test.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        permitCast,
        {
          selector: "CallExpression[callee.property.name='waitForTimeout']",
          message: 'Wait for something, not for a while.',
        },
        {
          selector:
            "CallExpression[callee.property.name='only'][callee.object.name=/^(test|it|describe)$/]",
          message: 'A test run alone hides the others.',
        },
      ],
    },
  },
]

export default config
