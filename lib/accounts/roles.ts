import 'server-only'
import type { Permit } from '../auth/permit'
import { AwsProblem } from '../aws/errors'
import { homeRegion } from '../aws/regions'
import { env } from '../env'
import { readOwnIdentity } from './identity'
import { renderReadRole } from './read-role'
import type { RoleSettings, RoleText } from './role-text'

export type RolesToDeploy = {
  externalId: string
  /** What the console runs as; null when AWS did not say, and then the texts hold a placeholder. */
  consolePrincipalArn: string | null
  problem: string | null
  read: RoleText & { name: string }
  /** Its text depends on the features chosen on the page: `renderWriteRole`. */
  write: RoleSettings
}

const placeholder = 'arn:aws:iam::111122223333:role/what-claviger-runs-as'

/**
 * The two roles as they must stand in each account, with this installation's
 * ExternalId and principal filled in.
 */
export async function getRolesToDeploy(_permit: Permit<'accounts.read'>): Promise<RolesToDeploy> {
  const { CLAVIGER_READ_ROLE_NAME, CLAVIGER_WRITE_ROLE_NAME } = env()
  const { arn, problem, settings } = await readRoleSettings()
  return {
    externalId: settings.externalId,
    consolePrincipalArn: arn,
    problem,
    read: {
      name: CLAVIGER_READ_ROLE_NAME,
      ...renderReadRole({ ...settings, roleName: CLAVIGER_READ_ROLE_NAME }),
    },
    write: { ...settings, roleName: CLAVIGER_WRITE_ROLE_NAME },
  }
}

/** The role that log files are read with: its text depends on the bucket, `renderTrailRole`. */
export async function readTrailRole(
  _permit: Permit<'settings.read'>,
): Promise<{ settings: RoleSettings; problem: string | null }> {
  const { settings, problem } = await readRoleSettings()
  return { settings: { ...settings, roleName: env().CLAVIGER_TRAIL_ROLE_NAME }, problem }
}

async function readRoleSettings() {
  const { CLAVIGER_EXTERNAL_ID: externalId = '' } = env()
  const { arn, problem } = await readPrincipal()
  return { arn, problem, settings: { externalId, consolePrincipalArn: arn ?? placeholder } }
}

async function readPrincipal(): Promise<{ arn: string | null; problem: string | null }> {
  try {
    const { arn } = await readOwnIdentity(homeRegion('aws'))
    return { arn: principalOf(arn), problem: null }
  } catch (error) {
    if (error instanceof AwsProblem)
      return {
        arn: null,
        problem: `AWS did not say what Claviger runs as (${error.code}): ${error.message}`,
      }
    throw error
  }
}

/**
 * A trust policy names the role, not one of its sessions. The path of a
 * session's role is not in its ARN.
 */
function principalOf(arn: string): string {
  const session = /^arn:([^:]+):sts::(\d{12}):assumed-role\/([^/]+)\//.exec(arn)
  return session ? `arn:${session[1]}:iam::${session[2]}:role/${session[3]}` : arn
}
