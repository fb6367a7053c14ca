import 'server-only'
import type { Scope } from '../auth/permissions'
import { sql } from '../db/client'
import { withinAccounts } from '../db/scope'
import type { PolicyDocument } from '../policy/document'
import { mapInTurns } from '../work/turns'
import { namedBy } from './candidates'
import { parsedPolicy } from './parsed'

/** Raise it with every change of what `namesOf` answers: each text is then looked at again. */
const namesVersion = 1

/** Policy texts that are read at once. */
const piece = 500

/** A text of derived.reach_policy, by its number; null: the text is not here. */
export type NumberedPolicy = { id: number; document: PolicyDocument | null }

/**
 * Returns the policies of keys in a scope that might speak of one of these names: an account, a
 * service, or '*'.
 * Whom a text speaks of is kept beside its number, so that thousands of texts are parsed once and
 * not for each question. `isCut`: at `until` not every new text had been looked at.
 */
export async function findPoliciesNaming(
  scope: Scope,
  names: readonly string[],
  until: number,
): Promise<{ policies: NumberedPolicy[]; isCut: boolean }> {
  const areLookedAt = await lookAtNewTexts(until)
  const found = await sql.query<Numbered>(
    sql`SELECT p.id, p.hash FROM derived.reach_policy p
      WHERE p.names && ${names}::text[] AND EXISTS (SELECT FROM derived.reach_line l
        WHERE l.policy = p.id AND ${withinAccounts('l.account', scope)})
      ORDER BY p.id`,
  )
  const policies: NumberedPolicy[] = []
  for (let start = 0; start < found.length && performance.now() < until; start += piece)
    policies.push(...(await readDocuments(found.slice(start, start + piece))))
  return { policies, isCut: !areLookedAt || policies.length < found.length }
}

type Numbered = { id: number; hash: string }

/** False: there was no time for all of them. */
async function lookAtNewTexts(until: number): Promise<boolean> {
  for (;;) {
    const some = await sql.query<Numbered>(
      sql`SELECT p.id, p.hash FROM derived.reach_policy p
        WHERE p.looked < ${namesVersion} ORDER BY p.id LIMIT ${piece}`,
    )
    if (some.length === 0) return true
    const numbered = await readDocuments(some)
    const looked = await mapInTurns(
      numbered,
      ({ id, document }) => ({ id, names: namesOf(document) }),
      until,
    )
    // Locked in order: somebody else might be writing the same.
    await sql.execute(
      sql`WITH own AS MATERIALIZED (SELECT o.id FROM derived.reach_policy o
          WHERE o.id = ANY(${looked.map(({ id }) => id)}::int[]) ORDER BY o.id FOR UPDATE)
        UPDATE derived.reach_policy p SET names = n.names, looked = ${namesVersion}
        FROM own JOIN jsonb_to_recordset(${JSON.stringify(looked)}::jsonb) n(id int, names text[])
          ON n.id = own.id WHERE p.id = own.id`,
    )
    if (looked.length < some.length) return false
  }
}

/**
 * Everyone whom a text might let in, as accounts and services. Of a text that cannot be read as a
 * whole that is anyone.
 */
function namesOf(document: PolicyDocument | null): string[] {
  if (!document || document.broken || document.statements.some((one) => one.unreadable !== null))
    return ['*']
  const names = [...namedBy(document, null)].flatMap((name) =>
    name === '*' ? ['*'] : [name.toLowerCase(), ...accountsIn(name)],
  )
  return [...new Set(names)]
}

/** All that could be an account's number, wherever it stands. */
const accountsIn = (name: string): string[] =>
  [...name.matchAll(/(?=(\d{12}))/g)].flatMap(([, digits]) => digits ?? [])

/** By hash: a text never changes. */
const documents = new Map<string, PolicyDocument>()
const mostDocuments = 5_000

async function readDocuments(numbered: readonly Numbered[]): Promise<NumberedPolicy[]> {
  const unread = numbered.map(({ hash }) => hash).filter((hash) => !documents.has(hash))
  const texts = new Map<string, string>()
  if (unread.length > 0) {
    const rows = await sql.query<{ hash: string; text: string }>(
      sql`SELECT hash, text FROM "PolicyDocument" WHERE hash = ANY(${unread})`,
    )
    for (const { hash, text } of rows) texts.set(hash, text)
  }
  return mapInTurns(numbered, ({ id, hash }) => {
    const text = texts.get(hash)
    const document = documents.get(hash) ?? (text === undefined ? null : parsedPolicy(text, 'key'))
    if (document) keep(hash, document)
    return { id, document }
  })
}

function keep(hash: string, document: PolicyDocument): void {
  documents.delete(hash)
  documents.set(hash, document)
  const [oldest] = documents.keys()
  if (documents.size > mostDocuments && oldest !== undefined) documents.delete(oldest)
}
