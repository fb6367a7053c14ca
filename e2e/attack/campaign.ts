/** Asks everything, and looks at every answer. */
import { product } from '../product'
import { ask, type Answer } from '../support/raw-request'
import { matrixShots } from './matrix'
import { readRss, summarize } from './memory'
import { makeRandom } from './random'
import { makeShots, type Shot } from './requests'
import { isInOwnTrail, readWorld, scopedPeople, type World } from './world'

export type Outcome = {
  requests: number
  unexpected5xx: number
  leaks: number
  hangs: number
  seed: number
  /** In MB; null: not known. */
  rssFirst: number | null
  rssLast: number | null
  /** Some of what went wrong, for whoever mends it. */
  samples: string[]
  statuses: Record<string, number>
}
type Plan = {
  seed: number
  requests: number
  /** How many other accounts the matrix asks about. */
  mostAccounts?: number
  width?: number
  say?: (line: string) => void
}

const mostSamples = 40

export async function attack({
  seed,
  requests,
  mostAccounts = Infinity,
  width = 8,
  say = () => {},
}: Plan): Promise<Outcome> {
  const world = await readWorld()
  say(
    `${world.own.length} own keys, ${world.foreign.length} others, ` +
      `${world.foreignNeedles.length} texts that must not be seen`,
  )
  const outcome: Outcome = {
    requests: 0,
    unexpected5xx: 0,
    leaks: 0,
    hangs: 0,
    rssFirst: null,
    rssLast: null,
    seed,
    samples: [],
    statuses: {},
  }
  const memory: (number | null)[] = []
  const next = shots(matrixShots(world, mostAccounts), makeShots(world, makeRandom(seed)), requests)
  const every = Math.max(100, Math.floor(requests / 100))
  const work = async () => {
    for (let shot = next(); shot; shot = next()) {
      await fire(world, shot, outcome, say)
      if (outcome.requests % every === 0) memory.push(readRss(product.dataDir))
      if (outcome.requests % 1_000 === 0)
        say(
          JSON.stringify({
            ...outcome,
            samples: outcome.samples.length,
            rss: readRss(product.dataDir),
          }),
        )
    }
  }
  await Promise.all(Array.from({ length: width }, work))
  return { ...outcome, ...summarize(memory) }
}

/** First all of the matrix, then what the seed gives. */
function shots(
  fixed: Generator<Shot, undefined>,
  made: () => Shot,
  requests: number,
): () => Shot | null {
  let given = 0
  return () => {
    if (given >= requests) return null
    given += 1
    return fixed.next().value ?? made()
  }
}

async function fire(
  world: World,
  shot: Shot,
  outcome: Outcome,
  say: (line: string) => void,
): Promise<void> {
  outcome.requests += 1
  const note = (what: string) => {
    if (outcome.samples.length >= mostSamples) return
    const { who, method, path: address, body } = shot
    const action = shot.headers['next-action']
      ? ` action ${shot.headers['next-action'].slice(0, 12)}`
      : ''
    const sample =
      `${what}: ${who ?? 'nobody'} ${method} ${address.slice(0, 300)}${action} ` +
      `${(body ?? '').slice(0, 300)}`
    say(sample) // what is wrong is read before the campaign is over
    outcome.samples.push(sample)
  }
  noteTold(world, shot)
  try {
    const cookie = shot.who ? world.cookies.get(shot.who) : undefined
    const headers = { ...shot.headers, ...(cookie ? { cookie } : {}) }
    const answer = await ask(shot.path, { method: shot.method, headers, body: shot.body })
    outcome.statuses[answer.status] = (outcome.statuses[answer.status] ?? 0) + 1
    if (isUnexpected(answer)) {
      outcome.unexpected5xx += 1
      note(`${answer.status} ${answer.body.slice(0, 200)}`)
    }
    for (const needle of findLeaks(world, shot, answer)) {
      if (showsRecords(shot) && (await isInOwnTrail(needle))) continue
      outcome.leaks += 1
      note(`leak of ${needle}`)
      break
    }
  } catch (error) {
    outcome.hangs += 1
    note(`no answer (${error instanceof Error ? error.message : String(error)})`)
  }
}

/**
 * Refusals of AWS and of a busy console are said as such; anything else from 500 on is ours to
 * mend, however it is drawn.
 */
function isUnexpected({ status, body }: Answer): boolean {
  const text = body.replaceAll('\\"', '"')
  if (/"code":"unexpected"|data-failure="unexpected"/.test(text)) return true
  return status >= 500 && !/"code":"(aws_\w+|busy)"/.test(text)
}

function needlesFor(
  { allNeedles, roleNeedles, foreignNeedles }: World,
  who: Shot['who'],
): readonly string[] {
  if (who === null) return allNeedles
  if (who === 'newcomer') return roleNeedles
  return scopedPeople.includes(who) ? foreignNeedles : []
}

/**
 * What an action is given, such as the note of a draft, is shown to others by right: it
 * proves no leak from then on.
 */
function noteTold({ told, foreignNeedles }: World, { headers, body = '' }: Shot): void {
  if (headers['next-action'] === undefined) return
  for (const needle of foreignNeedles) if (body.includes(needle)) told.add(needle)
}

/** Whether the door shows a person of one account what CloudTrail recorded there. */
const showsRecords = ({ who, path: address }: Shot): boolean =>
  who !== null &&
  scopedPeople.includes(who) &&
  /^\/(?:api\/)?(?:trail|notifications|search)\b|\/(?:usage|resources|deletion)\b/.test(address)

/** What the asker must not know; what they said themselves comes back in places. */
function findLeaks(
  world: World,
  { who, path: address, body = '', headers }: Shot,
  answer: Answer,
): string[] {
  const needles = needlesFor(world, who)
  if (needles.length === 0 || answer.body.length < 30) return []
  const said = `${decodeLoosely(address)} ${body} ${JSON.stringify(headers)}`
  const isLeak = (needle: string) =>
    answer.body.includes(needle) && !said.includes(needle) && !world.told.has(needle)
  return needles.filter(isLeak)
}

function decodeLoosely(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
