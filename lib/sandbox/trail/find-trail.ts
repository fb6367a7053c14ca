import { placeOf } from '../accounts'
import { authorizeService } from '../authz/authorize'
import { AwsError, type Call } from '../call'
import type { Trail } from '../world'

/** By ARN in any Region, by name at home alone. Throws as AWS does, and asks for `action`. */
export function findTrail(call: Call, name: string | undefined, action: string): Trail {
  if (!name) throw new AwsError('InvalidTrailNameException', 'Trail name cannot be blank!')
  placeOf(call)
  const trail = listTrails(call, null).find(
    (known) => known.arn === name || (known.name === name && known.homeRegion === call.region),
  )
  const owner = `arn:aws:cloudtrail:${call.region}:${call.caller.accountId}:trail/${name}`
  authorizeService(call, { action, resourceArn: trail?.arn ?? owner })
  if (!trail)
    throw new AwsError(
      'TrailNotFoundException',
      `Unknown trail: ${name} for the user: ${call.caller.accountId}`,
    )
  return trail
}

/** The account's trails and its organization's, as they are seen in a Region; null: all of them. */
export function listTrails(call: Call, region: string | null): Trail[] {
  const { accountId } = call.caller
  const { organization, accounts } = call.world
  const own = [...(accounts.get(accountId)?.regions.values() ?? [])].flatMap(
    (state) => state.trails,
  )
  const member =
    organization?.parentOf.has(accountId) && organization.managementAccountId !== accountId
  const management =
    organization && member ? accounts.get(organization.managementAccountId) : undefined
  const shared = [...(management?.regions.values() ?? [])]
    .flatMap((state) => state.trails)
    .filter((trail) => trail.isOrganization)
  return [...own, ...shared].filter(
    (trail) => region === null || trail.isMultiRegion || trail.homeRegion === region,
  )
}

export const isLogging = (trail: Trail) => trail.logging.at(-1)?.to === null
