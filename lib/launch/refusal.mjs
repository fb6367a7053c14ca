/**
 * A reason not to go on, in one line that says what to do. The launcher prints it
 * without a stack and exits 1.
 */
export class Refusal extends Error {
  /** @param {string} message @param {ErrorOptions} [options] */
  constructor(message, options) {
    super(message.trim().replace(/\s*\n\s*/g, ' '), options)
    this.name = 'Refusal'
  }
}

/**
 * Runs a command's main function: a refusal is one line, anything else keeps its stack.
 * @param {() => Promise<unknown>} main
 */
export async function runMain(main) {
  try {
    await main()
  } catch (error) {
    console.error(error instanceof Refusal ? error.message : error)
    process.exitCode = 1
  }
}
