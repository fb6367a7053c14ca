import { spawnGuarded } from './processes.mjs'
import { rootDir } from './paths.mjs'

/**
 * Runs a command to its end, keeping what it printed.
 * @param {string} command
 * @param {string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string }} [options]
 * @returns {Promise<{ code: number, output: string }>}
 */
export async function runTool(command, args, { env = process.env, cwd = rootDir } = {}) {
  const { child, exited } = spawnGuarded(command, args, {
    env,
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text) => {
      output += text
    })
  child.on('error', (error) => {
    output += error.message
  })
  const { code } = await exited
  if (child.stdout && !child.stdout.readableEnded)
    await new Promise((resolve) => {
      child.once('close', resolve)
      setTimeout(resolve, 500).unref()
    })
  return { code: code ?? 1, output }
}

/**
 * Arguments that make this node run a TypeScript file with lib's server modules.
 * @param {string} file
 * @param {string[]} args
 */
export const typescript = (file, ...args) => [
  '--conditions=react-server',
  '--import',
  'tsx',
  file,
  ...args,
]

/** Arguments that make this node the web server; HOST and PORT say where. @param {string[]} args */
export const webServer = (...args) => ['lib/web/main.mjs', ...args]

/** The end of a long output, for a line or two about a failure. @param {string} output */
export const tailOf = (output, lines = 40) => output.trim().split('\n').slice(-lines).join('\n')
