import 'server-only'
import { db } from '../db/client'
import { AppError } from '../errors'
import { getKeyRow } from '../inventory/read'
import { parseKeyArn } from '../kms/arn'
import type { Sources } from './gather'
import type { KeyFacts } from './key-facts'
import type { OrganizationFacts } from './organization-facts'
import { parsedPolicy } from './parsed'
import {
  factsOfKey,
  readGrantsOf,
  readIam,
  readOrganization,
  type Read,
  type Reading,
} from './read'

/** What decides about the calls of an account's role, beside the key. */
export type RoleSources = Sources & {
  read: Read<OrganizationFacts> | null
  readAt: readonly (string | null)[]
}

/** Reads IAM of one account and the organization's policies. */
export async function readRoleSources(accountId: string): Promise<RoleSources> {
  const [{ iam, readAt }, organization] = await Promise.all([
    readIam([accountId]),
    readOrganization(),
  ])
  const times = organization === null ? [readAt] : [readAt, organization.readAt]
  return { iam, organization: organization?.facts ?? null, read: organization, readAt: times }
}

export type KeyOfCall = { key: KeyFacts; readAt: string | null }

/**
 * Reads a key with its policy and grants as the inventory has them. @throws AppError not_found for
 * one out of scope, or not listed.
 */
export async function readKeyOfCall(
  permit: Reading,
  keyArn: string,
  { read }: RoleSources,
): Promise<KeyOfCall> {
  const place = parseKeyArn(keyArn)
  if (!place) throw new AppError('not_found', 'This is not the ARN of a key.')
  const row = await getKeyRow(permit, place)
  const [policy, grants] = await Promise.all([
    row.policyHash ? db.policyDocument.findUnique({ where: { hash: row.policyHash } }) : null,
    row.grantsAt ? readGrantsOf([row.arn]) : null,
  ])
  const document = policy && parsedPolicy(policy.text, 'key')
  return {
    key: factsOfKey(row, document, grants && (grants.get(row.arn) ?? []), read),
    readAt: row.policyAt,
  }
}
