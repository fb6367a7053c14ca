import type { Permission } from '../lib/auth/permissions'

/**
 * Every way into the console and the permission it must ask for, said a second time on purpose: the authorization test holds the
 * build against this list. A page, handler or action that is not here fails it; so does one that asks for another permission.
 */
export const pages: Record<string, Permission | 'anyone'> = {
  '/sign-in': 'anyone',
  '/[...rest]': 'anyone', // "not found", in the shell, which asks for a session
  '/': 'keys.read',
  '/keys': 'keys.read',
  '/keys/[account]/[region]/[keyId]': 'keys.read',
  '/keys/[account]/[region]/[keyId]/access': 'access.read',
  '/keys/[account]/[region]/[keyId]/grants': 'grants.read',
  '/keys/[account]/[region]/[keyId]/material': 'keys.read',
  '/keys/[account]/[region]/[keyId]/multi-region': 'keys.read',
  '/keys/[account]/[region]/[keyId]/policy': 'keys.read',
  '/keys/[account]/[region]/[keyId]/public-key': 'keys.read',
  '/keys/[account]/[region]/[keyId]/raw': 'keys.read',
  '/grants': 'grants.read',
  '/access': 'access.read',
  '/access/compare': 'access.read',
  '/access/external': 'access.read',
  '/access/principals': 'access.read',
  '/accounts': 'accounts.read',
  '/accounts/[account]': 'accounts.read',
  '/accounts/roles': 'accounts.read',
  '/audit': 'audit.read',
  '/settings': 'people.read',
  '/settings/groups': 'settings.read',
  '/settings/installation': 'settings.read',
  '/settings/me': 'keys.read',
}

export const handlers: Record<string, Permission | 'anyone'> = {
  '/api/auth/[...nextauth]': 'anyone',
  '/api/health': 'anyone',
  '/api/ready': 'anyone',
  '/icon.svg': 'anyone',
  '/api/search': 'keys.read',
  '/api/access/compare': 'access.read',
  '/api/access/external': 'access.read',
  '/api/access/of-principal': 'access.read',
  '/api/access/principals': 'access.read',
  '/api/accounts': 'accounts.read',
  '/api/audit': 'audit.read',
  '/api/audit/check': 'audit.read',
  '/api/audit/csv': 'audit.export',
  '/api/audit/entry/[seq]': 'audit.read',
  '/api/audit/export': 'audit.export',
  '/api/grants': 'grants.read',
  '/api/keys': 'keys.read',
  '/api/keys/export': 'keys.export',
  '/api/keys/tags': 'keys.read',
  '/api/grants/export': 'keys.export',
  '/api/keys/[account]/[region]/[keyId]/access': 'access.read',
  '/api/keys/[account]/[region]/[keyId]/access/csv': 'keys.export',
  '/api/keys/[account]/[region]/[keyId]/access/explain': 'access.read',
  '/api/keys/[account]/[region]/[keyId]/policy/compare': 'access.read',
  '/api/keys/[account]/[region]/[keyId]/policy/draft': 'keys.read',
  '/api/keys/[account]/[region]/[keyId]/policy/drafts': 'keys.read',
  '/api/keys/[account]/[region]/[keyId]/policy/foresight': 'access.read',
  '/api/keys/[account]/[region]/[keyId]/policy/principals': 'access.read',
  '/api/keys/[account]/[region]/[keyId]/public-key': 'keys.read',
}

/** By file below app/(console), then by name. */
export const actions: Record<string, Permission> = {
  'access/external/actions.ts reviewExternalAccess': 'external.review',
  'accounts/actions.ts addAccount': 'accounts.manage',
  'accounts/actions.ts testAccount': 'accounts.manage',
  'accounts/actions.ts pauseAccount': 'accounts.manage',
  'accounts/actions.ts resumeAccount': 'accounts.manage',
  'accounts/actions.ts removeAccount': 'accounts.manage',
  'accounts/actions.ts refreshAccounts': 'accounts.refresh',
  'audit/actions.ts saveAuditView': 'views.save',
  'audit/actions.ts deleteAuditView': 'views.save',
  'grants/actions.ts saveGrantsView': 'views.save',
  'grants/actions.ts deleteGrantsView': 'views.save',
  'keys/actions.ts saveKeysView': 'views.save',
  'keys/actions.ts deleteKeysView': 'views.save',
  'keys/[account]/[region]/[keyId]/actions.ts refreshKey': 'keys.refresh',
  'keys/[account]/[region]/[keyId]/policy/actions.ts createDraft': 'drafts.write',
  'keys/[account]/[region]/[keyId]/policy/actions.ts changeDraft': 'drafts.write',
  'keys/[account]/[region]/[keyId]/policy/actions.ts deleteDraft': 'drafts.write',
  'settings/actions.ts giveRole': 'people.manage',
  'settings/actions.ts takeRole': 'people.manage',
  'settings/actions.ts changeAccess': 'people.manage',
  'settings/actions.ts endPersonSessions': 'people.manage',
  'settings/actions.ts endMySessions': 'keys.read',
  'settings/actions.ts addMapping': 'settings.manage',
  'settings/actions.ts removeMapping': 'settings.manage',
  'settings/actions.ts setOwnerTag': 'settings.manage',
}

/** What a handler must be asked with before it looks at anything. */
export const queries: Record<string, string> = {
  '/api/keys/[account]/[region]/[keyId]/access/explain': '?principal=arn%3Aaws%3Aiam%3A%3A527461390288%3Auser%2Fadmin&action=kms%3ADecrypt',
  '/api/keys/[account]/[region]/[keyId]/policy/compare': '?from=1&to=2',
  '/api/keys/[account]/[region]/[keyId]/policy/draft': '?draft=00000000-0000-4000-8000-000000000000',
  '/api/keys/[account]/[region]/[keyId]/policy/foresight': '?draft=00000000-0000-4000-8000-000000000000',
}
