/** What is wrong with files of sources, for a person. */
import 'server-only'
import type { Permit } from '../../auth/permit'
import { db } from '../../db/client'
import { own } from '../../own'
import { digestFolder, logFolder } from './names'
import { fileStates, fileWords, troubledStates, type FileState } from './words'

export type LogFinding = {
  id: string
  trailArn: string
  object: string
  accountId: string
  region: string
  state: string
  deliveredAt: string
  words: string
}

const mostShown = 500

/** Newest first: files with something wrong, also those that are tried again by themselves. */
export async function listLogFindings(
  _permit: Permit<'settings.read'>,
): Promise<{ findings: LogFinding[]; more: boolean }> {
  const rows = await db.trailLogFile.findMany({
    where: {
      OR: [{ state: { in: [...troubledStates] } }, { state: 'waiting', problem: { not: null } }],
    },
    orderBy: [{ deliveredAt: 'desc' }, { object: 'asc' }],
    take: mostShown + 1,
    include: { place: { include: { source: true } } },
  })
  const findings = rows.slice(0, mostShown).map(({ place, ...file }) => {
    const { source, accountId, region } = place
    const state = stateOf(file.state)
    const isLog = file.state !== 'badDigest' && file.state !== 'gap'
    return {
      id: `${place.id} ${file.object}`,
      trailArn: source.trailArn,
      object: (isLog ? logFolder : digestFolder)(source.prefix, place) + file.object,
      accountId,
      region,
      state: fileStates[state],
      deliveredAt: file.deliveredAt.toISOString(),
      words: fileWords(state, file.problem) ?? '',
    }
  })
  return { findings, more: rows.length > mostShown }
}

const isState = (text: string): text is FileState => own(fileStates, text) !== undefined
const stateOf = (text: string): FileState => (isState(text) ? text : 'bad')
