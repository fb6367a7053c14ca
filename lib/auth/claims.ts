import { AppError } from '../errors'

/** What an identity provider said about a person, after its token was checked. */
export type Identity = {
  issuer: string
  subject: string
  email: string
  emailVerified: boolean
  name: string
  groups: readonly string[]
  personClaim: string | null
}

type Claims = Readonly<Record<string, unknown>>
export type ClaimNames = { groups: string; person?: string }

const text = (value: unknown): string | null =>
  typeof value === 'string' && value.trim() !== '' ? value.trim() : null

/** Groups as providers send them: a list, or one name. Anything else counts as none. */
function groupsOf(value: unknown): string[] {
  const list = Array.isArray(value) ? value : [value]
  return [...new Set(list.flatMap((item) => text(item) ?? []))]
}

/**
 * The identity in checked claims. A person is (iss, sub); everything else is only shown or mapped,
 * so a missing e-mail does not keep anyone out.
 * @throws AppError unauthenticated without issuer or subject.
 */
export function identityOf(claims: Claims, names: ClaimNames): Identity {
  const issuer = text(claims.iss)
  const subject = text(claims.sub)
  if (!issuer || !subject)
    throw new AppError('unauthenticated', 'The identity provider did not say who you are.')
  const email = text(claims.email) ?? text(claims.preferred_username) ?? subject
  return {
    issuer,
    subject,
    email,
    emailVerified: claims.email_verified === true && text(claims.email) !== null,
    name: text(claims.name) ?? email,
    groups: groupsOf(claims[names.groups]),
    personClaim: names.person ? text(claims[names.person]) : null,
  }
}

/**
 * Whether the ID token leaves out what we map, so that the userinfo endpoint has to be asked (many
 * providers keep tokens thin).
 */
export const lacksClaims = (claims: Claims, names: ClaimNames): boolean =>
  !(names.groups in claims) ||
  !('email' in claims) ||
  (names.person !== undefined && !(names.person in claims))
