import { spawnSync } from 'node:child_process'
import { rootDir } from './paths.mjs'

/** Of a checkout without git. */
const seedOfNoCommit = 20_261_121

/**
 * Returns how many rounds a random campaign has: a few in the gate, all of them with
 * `CAMPAIGN=full`.
 */
export const roundsOf = (few: number, all: number): number =>
  process.env.CAMPAIGN === 'full' ? all : few

/**
 * Returns the seed of a random campaign, a whole number: CAMPAIGN_SEED, or the commit. Who runs the
 * gate again asks the same again, and every commit asks something else.
 */
export function campaignSeed(): number {
  const named = Number(process.env.CAMPAIGN_SEED)
  if (named > 0) return named
  const { stdout } = spawnSync('git', ['rev-parse', '--short=7', 'HEAD'], {
    cwd: rootDir,
    encoding: 'utf8',
  })
  return Number.parseInt(stdout ?? '', 16) || seedOfNoCommit
}
