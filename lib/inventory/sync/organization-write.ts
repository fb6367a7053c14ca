import 'server-only'
import { noteAccountsThatLeft, noteMembers } from '@/lib/accounts/organization'
import type { Tx } from '@/lib/db/client'

export type NodeRow = {
  id: string
  kind: 'root' | 'unit' | 'account'
  name: string
  parentId: string | null
  /** Attached here. Empty with a problem of that name: could not be read. */
  scpIds: string[]
  rcpIds: string[]
  problems: Record<string, string>
}
export type PolicyRow = {
  id: string
  type: string
  name: string
  awsManaged: boolean
  content: string | null
  problem: string | null
}

/**
 * Replaces what is stored of the organization by a reading of it, and gives each account its place
 * in the tree. Policies of a type whose list failed stay as they were.
 */
export async function writeOrganization(
  tx: Tx,
  organization: { id: string; managementAccountId: string },
  nodes: readonly NodeRow[],
  policies: readonly PolicyRow[],
  listedTypes: readonly string[],
): Promise<void> {
  await tx.execute(
    `INSERT INTO "Organization" ("id", "managementAccountId", "observedAt") VALUES ($1, $2, clock_timestamp())
     ON CONFLICT ("id") DO UPDATE SET "managementAccountId" = excluded."managementAccountId",
       "observedAt" = excluded."observedAt"`,
    [organization.id, organization.managementAccountId],
  )
  await tx.execute(`DELETE FROM "Organization" WHERE "id" <> $1`, [organization.id])
  await tx.execute(`DELETE FROM "OrganizationNode"`)
  await tx.execute(
    `INSERT INTO "OrganizationNode" ("id", "kind", "name", "parentId", "scpIds", "rcpIds", "problems", "observedAt")
     SELECT r."id", r."kind", r."name", r."parentId", r."scpIds", r."rcpIds", r."problems",
       clock_timestamp() FROM jsonb_populate_recordset(null::"OrganizationNode", $1::jsonb) r`,
    [JSON.stringify(nodes)],
  )
  // A policy whose text could not be read this time keeps the text of last time,
  // with the reason beside it.
  await tx.execute(
    `DELETE FROM "OrganizationPolicy" WHERE "type" = ANY($2) AND NOT "id" = ANY($1)`,
    [policies.map((policy) => policy.id), listedTypes],
  )
  await tx.execute(
    `INSERT INTO "OrganizationPolicy" ("id", "type", "name", "awsManaged", "content", "problem", "observedAt")
     SELECT r."id", r."type", r."name", r."awsManaged", r."content", r."problem", clock_timestamp()
     FROM jsonb_populate_recordset(null::"OrganizationPolicy", $1::jsonb) r
     ON CONFLICT ("id") DO UPDATE SET "type" = excluded."type", "name" = excluded."name",
       "awsManaged" = excluded."awsManaged", "problem" = excluded."problem",
       "content" = coalesce(excluded."content", "OrganizationPolicy"."content"),
       "observedAt" = CASE WHEN excluded."content" IS NULL THEN "OrganizationPolicy"."observedAt"
         ELSE excluded."observedAt" END`,
    [JSON.stringify(policies)],
  )
  await tx.execute(
    `UPDATE "Account" a SET "path" = r."path"
      FROM jsonb_to_recordset($1::jsonb) r("id" text, "path" text[]) WHERE a."id" = r."id"`,
    [
      JSON.stringify(
        nodes
          .filter((node) => node.kind === 'account')
          .map((node) => ({ id: node.id, path: pathOf(nodes, node) })),
      ),
    ],
  )
  const accounts = nodes.filter(({ kind }) => kind === 'account').map(({ id }) => id)
  const members = [...new Set([...accounts, organization.managementAccountId])]
  await noteAccountsThatLeft(tx, [organization.id], members)
  await noteMembers(tx, organization.id, members)
}

/** Names of the units above, root first. */
function pathOf(nodes: readonly NodeRow[], node: NodeRow): string[] {
  const path: string[] = []
  for (
    let at = nodes.find((one) => one.id === node.parentId);
    at;
    at = nodes.find((one) => one.id === at?.parentId)
  )
    path.unshift(at.name)
  return path
}
