import * as fs from 'node:fs'
import path from 'node:path'
import { BuildFailure, buildWeb } from './build.mjs'
import { installed, makeTempDir, rootDir } from './paths.mjs'
import { removeAtEnd } from './processes.mjs'
import { runTool } from './run-tool.mjs'

/** @typedef {{ name: string, ms: number }} Timed a test and how long it took */
/** @typedef {{ passed: number, failed: number, output: string, timed?: Timed[] }} Outcome */

const node = (file, args, env) =>
  runTool(process.execPath, [installed(file), ...args], {
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined, ...env },
  })
/**
 * @param {{ code: number, output: string }} result @returns {Outcome} a stage that is one question
 */
const asOne = ({ code, output }) => ({
  passed: code === 0 ? 1 : 0,
  failed: code === 0 ? 0 : 1,
  output,
})

/** Where runners write their reports, gone at the end. */
let reports
const reportFile = (name) =>
  path.join((reports ??= removeAtEnd(makeTempDir('reports'))), `${name}.json`)

/**
 * Adds up a runner's report. A runner that wrote none, ran nothing, or ended badly
 * without naming a test has failed.
 * @param {{ code: number, output: string }} result
 * @param {string} file
 * @param {(report: any) => { passed: number, failed: number, timed?: Timed[] }} read
 * @returns {Outcome}
 */
export function countReport({ code, output }, file, read) {
  let counts
  try {
    counts = read(JSON.parse(fs.readFileSync(file, 'utf8')))
  } catch (error) {
    return {
      passed: 0,
      failed: 1,
      output: `${output}\nNo report of the runner could be read (status ${code}): ${error.message}`,
    }
  }
  if (counts.passed + counts.failed === 0)
    return { passed: 0, failed: 1, output: `${output}\nNot a single test ran.` }
  if (code !== 0 && counts.failed === 0)
    return {
      passed: counts.passed,
      failed: 1,
      output: `${output}\nThe runner ended with status ${code} although every test it named passed.`,
    }
  return { ...counts, output }
}

/** @param {any} suite of Playwright's report @returns {Timed[]} */
function timesOf({ suites = [], specs = [] }) {
  const own = specs.map(({ file, title, tests }) => ({
    name: `${file}: ${title}`,
    ms: tests.flatMap(({ results }) => results).reduce((sum, { duration }) => sum + duration, 0),
  }))
  return [...own, ...suites.flatMap(timesOf)]
}

/** @param {'unit' | 'db'} project @param {string[]} more */
async function vitest(project, ...more) {
  const file = reportFile(project)
  const result = await node('vitest/vitest.mjs', [
    'run',
    '--project',
    project,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
    ...more,
  ])
  return countReport(result, file, (report) => ({
    passed: report.numPassedTests,
    failed: report.numFailedTests,
    timed: report.testResults.flatMap(({ name, assertionResults }) =>
      assertionResults.map(({ title, duration }) => ({
        name: `${path.basename(name)}: ${title}`,
        ms: duration ?? 0,
      })),
    ),
  }))
}

/** @type {Record<string, () => Promise<Outcome>>} */
export const stages = {
  async types() {
    // Next writes the types of routes and of CSS imports; a fresh clone has none.
    const prepared = await node('next/dist/bin/next', ['typegen'], { NEXT_TELEMETRY_DISABLED: '1' })
    if (prepared.code !== 0) return asOne(prepared)
    // The compiler in Go takes half of the processor time. ESLint's rules need the one in JavaScript.
    return asOne(await node('typescript-native/bin/tsc', ['--noEmit', '-p', rootDir]))
  },
  async lint() {
    const formatted = await node('@biomejs/biome/bin/biome', ['format', '.'])
    if (formatted.code !== 0) return asOne(formatted)
    const unused = await node('knip/bin/knip.js', ['--no-progress'])
    if (unused.code !== 0) return asOne(unused)
    return asOne(await node('eslint/bin/eslint.js', ['.', '--max-warnings=0']))
  },
  // A second takes over when lint is done; Vitest would leave one of two cores to itself.
  unit: () => vitest('unit', '--maxWorkers=2'),
  // Two beside the browser's: much of the time of both is waiting.
  database: () => vitest('db', '--maxWorkers=2'),
  async build() {
    try {
      const { output } = await buildWeb()
      return { passed: 1, failed: 0, output }
    } catch (error) {
      if (!(error instanceof BuildFailure)) throw error
      return { passed: 0, failed: 1, output: error.output }
    }
  },
  async browser() {
    const file = reportFile('browser')
    const result = await node('@playwright/test/cli.js', ['test'], {
      E2E_REPORT: file,
      NODE_OPTIONS: '--conditions=react-server',
    })
    return countReport(result, file, ({ stats, suites }) => ({
      timed: suites.flatMap(timesOf),
      passed: stats.expected,
      failed: stats.unexpected + stats.flaky,
    }))
  },
}

/**
 * What each waits for: two cores have room for two of the others. The two that wait most, for a
 * database and for pages, run last and beside each other.
 * @type {Record<string, readonly string[]>}
 */
export const waitsFor = {
  types: [],
  lint: [],
  unit: ['types'],
  build: ['lint'],
  database: ['unit'],
  browser: ['build'],
}
