import 'server-only'
import { z } from 'zod'
import type { Queryable } from '../db/client'
import { gatherIam, type IamFacts, type IamRow } from './iam-facts'
import { accountOfPrincipal } from './principal-facts'

const columns = '"arn", "accountId", "kind", "name", "path", "uniqueId", "details"'

const holder = z.object({
  groups: z.array(z.string()).catch([]),
  attachedPolicyArns: z.array(z.string()).catch([]),
  permissionsBoundaryArn: z.string().nullable().catch(null),
})

/**
 * Reads IAM as far as it decides what these principals can do: themselves, their groups, and the
 * policies that all of them hold.
 */
export async function readIamOf(
  tx: Pick<Queryable, 'query'>,
  principals: readonly string[],
): Promise<IamFacts> {
  const ids = [...new Set(principals)]
  const accounts = await readAccounts(tx, [
    ...new Set(ids.flatMap((id) => accountOfPrincipal(id) ?? [])),
  ])
  const entities = await readEntities(tx, ids)
  const groups = await readGroups(tx, entities)
  const policies = await readPolicies(tx, [...entities, ...groups])
  return gatherIam(accounts, [...entities, ...groups, ...policies])
}

/** Those of the accounts whose IAM was read at all. */
async function readAccounts(
  tx: Pick<Queryable, 'query'>,
  ids: readonly string[],
): Promise<Set<string>> {
  const rows = await tx.query<{ id: string }>(
    `SELECT a.id FROM unnest($1::text[]) a(id)
     WHERE EXISTS (SELECT 1 FROM "IamEntity" e WHERE e."accountId" = a.id AND e."goneAt" IS NULL)`,
    [ids],
  )
  return new Set(rows.map(({ id }) => id))
}

/**
 * Users and roles by ARN, and the role of a session, whose ARN has the
 * role's name without the path.
 */
async function readEntities(
  tx: Pick<Queryable, 'query'>,
  ids: readonly string[],
): Promise<IamRow[]> {
  const sessions = ids.flatMap((id) => {
    const [, account, name] = /^arn:[^:]+:sts::(\d{12}):assumed-role\/([^/]+)\//.exec(id) ?? []
    return account && name ? [{ account, name }] : []
  })
  return tx.query<IamRow>(
    `SELECT ${columns} FROM "IamEntity" WHERE "arn" = ANY($1) AND "goneAt" IS NULL
     UNION
     SELECT ${columns} FROM "IamEntity" e
     JOIN (SELECT DISTINCT s.account, s.name AS role FROM jsonb_to_recordset($2::jsonb) s(account text, name text)) s
       ON e."accountId" = s.account AND e."kind" = 'role' AND e."name" = s.role
     WHERE e."goneAt" IS NULL`,
    [ids, JSON.stringify(sessions)],
  )
}

async function readGroups(
  tx: Pick<Queryable, 'query'>,
  entities: readonly IamRow[],
): Promise<IamRow[]> {
  const wanted = entities.flatMap(({ accountId: account, details }) =>
    heldBy(details).groups.map((name) => ({ account, name })),
  )
  if (wanted.length === 0) return []
  return tx.query<IamRow>(
    `SELECT ${columns} FROM "IamEntity" e
     JOIN (SELECT DISTINCT g.account, g.name AS "group" FROM jsonb_to_recordset($1::jsonb) g(account text, name text)) g
       ON e."accountId" = g.account AND e."kind" = 'group' AND e."name" = g."group"
     WHERE e."goneAt" IS NULL`,
    [JSON.stringify(wanted)],
  )
}

async function readPolicies(
  tx: Pick<Queryable, 'query'>,
  holders: readonly IamRow[],
): Promise<IamRow[]> {
  const arns = holders.flatMap(({ details }) => {
    const { attachedPolicyArns, permissionsBoundaryArn } = heldBy(details)
    return permissionsBoundaryArn === null
      ? attachedPolicyArns
      : [...attachedPolicyArns, permissionsBoundaryArn]
  })
  if (arns.length === 0) return []
  return tx.query<IamRow>(
    `SELECT ${columns} FROM "IamEntity" WHERE "arn" = ANY($1) AND "kind" = 'policy' AND "goneAt" IS NULL`,
    [[...new Set(arns)]],
  )
}

const nothing = { groups: [], attachedPolicyArns: [], permissionsBoundaryArn: null }
const heldBy = (details: unknown): z.output<typeof holder> =>
  holder.safeParse(details).data ?? nothing
