/**
 * Times that people give: far ones are slips of the pen, and beyond the year 9999 neither JSON nor
 * Postgres reads them back. Pure.
 */
import 'server-only'
import { z } from 'zod'

const earliestMs = Date.UTC(2000, 0, 1)
const mostYearsAhead = 10

function latestMs(): number {
  const limit = new Date()
  return limit.setUTCFullYear(limit.getUTCFullYear() + mostYearsAhead)
}

const isBounded = (text: string): boolean => {
  const ms = Date.parse(text)
  return ms >= earliestMs && ms <= latestMs()
}
const boundsWords = `Choose a time from the year 2000 on, at most ${mostYearsAhead} years ahead.`

/** Takes a time with its offset. `error`: what is said of anything that is none. */
export const boundedTime = (error: string) =>
  z.iso.datetime({ offset: true, error }).refine(isBounded, boundsWords)
/** Takes a day, as `2026-11-30`. */
export const boundedDay = () => z.iso.date('Choose a day.').refine(isBounded, boundsWords)
