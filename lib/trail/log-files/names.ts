/**
 * How CloudTrail names what it delivers (lib/trail/README.md, "Log files"). Folders are listed by
 * their beginning, files in the order of their names. Pure.
 */

/** A trail's place in its bucket. */
export type TrailPlace = { trailArn: string; prefix: string; isOrganization: boolean }

/** A folder of one account and Region; with `organization` of an organization's trail. */
export type Folder = { accountId: string; region: string; organization: string | null }

/** The folder above those of accounts, or of organizations: `[PREFIX/]AWSLogs/`. */
export const topFolder = (prefix: string): string =>
  (prefix === '' ? '' : `${prefix}/`) + 'AWSLogs/'

const accountFolder = (prefix: string, { accountId, organization }: Folder) =>
  `${topFolder(prefix)}${organization === null ? '' : `${organization}/`}${accountId}/`

export const logFolder = (prefix: string, folder: Folder): string =>
  `${accountFolder(prefix, folder)}CloudTrail/${folder.region}/`

export const digestFolder = (prefix: string, folder: Folder): string =>
  `${accountFolder(prefix, folder)}CloudTrail-Digest/${folder.region}/`

const organizationName = /^o-[a-z0-9]{10,32}$/
export const isOrganizationName = (name: string): boolean => organizationName.test(name)
export const isAccountName = (name: string): boolean => /^\d{12}$/.test(name)
export const isRegionName = (name: string): boolean => /^[a-z]{2,5}(?:-[a-z]+)+-\d+$/.test(name)

const logName = /_CloudTrail_[a-z0-9-]+_(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)Z_[A-Za-z0-9]+\.json\.gz$/
const digestName =
  /_CloudTrail-Digest_[a-z0-9-]+_(.+)_([a-z0-9-]+)_(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z(?:_backfill)?\.json\.gz$/

/** When a log file was made, by its name; null: it is no name of CloudTrail's. */
export function timeOfLog(name: string): Date | null {
  const found = logName.exec(name)
  return found ? dateOf(found.slice(1)) : null
}

/** Whose digest it is, and when its hour ends; null: it is no name of CloudTrail's. */
export function readDigestName(name: string): { trail: string; home: string; at: Date } | null {
  const [, trail = '', home = '', ...digits] = digestName.exec(name) ?? []
  const at = dateOf(digits)
  return at && { trail, home, at }
}

function dateOf([year, month, day, hour, minute, second = '00']: string[]): Date | null {
  const date = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  return Number.isNaN(date.getTime()) ? null : date
}

/** The folder of a day, below that of an account and Region: `2026/11/30/`. */
export const dayFolder = (day: Date): string =>
  `${day.toISOString().slice(0, 10).replaceAll('-', '/')}/`

/** The name of a trail by its ARN. */
export const trailName = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1)
/** The Region that a trail belongs to, by its ARN. */
export const trailHome = (arn: string): string => arn.split(':')[3] ?? ''
