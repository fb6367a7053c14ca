/** @param {number} ms */
export const seconds = (ms) =>
  ms < 950 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(ms < 9_950 ? 1 : 0)} s`

/**
 * Says what is going on and for how long: in place on a terminal, as a line now and then elsewhere.
 * @template T @param {string} title @param {() => Promise<T>} run
 */
export async function step(title, run) {
  const start = Date.now()
  const { isTTY } = process.stdout
  let said = 0
  const tick = () => {
    const elapsed = Math.round((Date.now() - start) / 1000)
    if (isTTY) process.stdout.write(`\r  ${title} … ${elapsed} s `)
    else if (elapsed >= said + 15) console.log(`  ${title} … ${(said = elapsed)} s`)
  }
  if (isTTY) tick()
  else console.log(`  ${title} …`)
  const timer = setInterval(tick, 1_000)
  try {
    const result = await run()
    process.stdout.write(`${isTTY ? '\r' : ''}  ${title}: done in ${seconds(Date.now() - start)}\n`)
    return result
  } catch (error) {
    if (isTTY) process.stdout.write('\n')
    throw error
  } finally {
    clearInterval(timer)
  }
}
