import type { Permission } from '../lib/auth/permissions'

/**
 * Every way into the console and the permission it must ask for, said a second time on purpose: the
 * authorization test holds the build against this list. A page, handler or action that is not here
 * fails it; so does one that asks for another permission.
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
  '/requests': 'requests.read',
  '/requests/[id]': 'requests.read',
  '/requests/decide': 'requests.read',
  '/requests/new': 'requests.create',
  '/access': 'access.read',
  '/access/compare': 'access.read',
  '/access/external': 'access.read',
  '/access/principals': 'access.read',
  '/accounts': 'accounts.read',
  '/accounts/[account]': 'accounts.read',
  '/accounts/coverage': 'accounts.read',
  '/accounts/roles': 'accounts.read',
  '/accounts/sweeps': 'accounts.read',
  '/audit': 'audit.read',
  '/trail': 'trail.read',
  '/trail/import': 'trail.manage',
  '/trail/[account]/[event]': 'trail.read',
  '/settings': 'people.read',
  '/settings/approval-rules': 'requests.read',
  '/settings/approval-rules/change': 'requests.create',
  '/settings/groups': 'settings.read',
  '/settings/identities': 'people.read',
  '/settings/installation': 'settings.read',
  '/settings/log-files': 'settings.read',
  '/settings/me': 'keys.read',
  '/settings/sessions': 'people.read',
  '/settings/delegates': 'requests.read',
  '/settings/notifications': 'settings.read',
  '/notifications': 'requests.read',
}

export const handlers: Record<string, Permission | 'anyone'> = {
  '/api/auth/[...nextauth]': 'anyone',
  '/api/health': 'anyone',
  '/api/ready': 'anyone',
  '/icon.svg': 'anyone',
  '/api/search': 'keys.read',
  '/api/access/compare': 'access.read',
  '/api/access/external': 'access.read',
  '/api/access/external/principals': 'access.read',
  '/api/access/of-principal': 'access.read',
  '/api/access/principals': 'access.read',
  '/api/accounts': 'accounts.read',
  '/api/accounts/sweeps': 'accounts.read',
  '/api/approval-rules/deciders': 'requests.read',
  '/api/audit': 'audit.read',
  '/api/audit/check': 'audit.read',
  '/api/audit/csv': 'audit.export',
  '/api/audit/entry/[seq]': 'audit.read',
  '/api/audit/export': 'audit.export',
  '/api/requests/form/keys': 'requests.create',
  '/api/requests/form/aliases': 'requests.create',
  '/api/grants': 'grants.read',
  '/api/notifications': 'requests.read',
  '/api/requests': 'requests.read',
  '/api/requests/[id]': 'requests.read',
  '/api/requests/[id]/audit': 'requests.read',
  '/api/requests/[id]/changes': 'requests.read',
  '/api/requests/overview': 'requests.read',
  '/api/trail': 'trail.read',
  '/api/keys': 'keys.read',
  '/api/keys/tags': 'keys.read',
  '/api/keys/[account]/[region]/[keyId]/access': 'access.read',
  '/api/keys/[account]/[region]/[keyId]/access/csv': 'keys.export',
  '/api/keys/[account]/[region]/[keyId]/access/explain': 'access.read',
  '/api/keys/[account]/[region]/[keyId]/policy/compare': 'access.read',
  '/api/keys/[account]/[region]/[keyId]/policy/draft': 'keys.read',
  '/api/keys/[account]/[region]/[keyId]/policy/drafts': 'keys.read',
  '/api/keys/[account]/[region]/[keyId]/policy/impact': 'access.read',
  '/api/keys/[account]/[region]/[keyId]/policy/principals': 'access.read',
  '/api/keys/[account]/[region]/[keyId]/public-key': 'keys.read',
}

/** Handlers that take a body as it comes, by POST. */
export const posts: Record<string, Permission> = {
  '/api/trail/imports/[importId]/file': 'trail.manage',
}

/** Tables that with `?format=` hand out all their pages, under this permission instead. */
export const downloads: Record<string, Permission> = {
  '/api/keys': 'keys.export',
  '/api/grants': 'keys.export',
  '/api/access/external': 'keys.export',
  '/api/accounts/sweeps': 'keys.export',
  '/api/trail': 'keys.export',
}

/** Addresses that hand out all of a table at once, under a permission to export. */
export const exportHandlers = [
  ...Object.keys(handlers).filter((address) => handlers[address]?.endsWith('.export')),
  ...Object.keys(downloads),
]

/** By file below app/(console), then by name. */
export const actions: Record<string, Permission> = {
  'access/external/actions.ts reviewExternalAccess': 'external.review',
  'accounts/actions.ts addAccount': 'accounts.manage',
  'accounts/actions.ts testAccount': 'accounts.manage',
  'accounts/actions.ts pauseAccount': 'accounts.manage',
  'accounts/actions.ts resumeAccount': 'accounts.manage',
  'accounts/actions.ts removeAccount': 'accounts.manage',
  'accounts/actions.ts refreshAccounts': 'accounts.refresh',
  'accounts/actions.ts stateNoOrganization': 'accounts.manage',
  'accounts/actions.ts retractNoOrganization': 'accounts.manage',
  'grants/actions.ts askRevocation': 'requests.create',
  'grants/actions.ts askAdoption': 'requests.create',
  'keys/[account]/[region]/[keyId]/actions.ts refreshKey': 'keys.refresh',
  'keys/[account]/[region]/[keyId]/policy/actions.ts createDraft': 'drafts.write',
  'keys/[account]/[region]/[keyId]/policy/actions.ts changeDraft': 'drafts.write',
  'keys/[account]/[region]/[keyId]/policy/actions.ts deleteDraft': 'drafts.write',
  'settings/approval-rules/actions.ts requestRules': 'requests.create',
  'settings/identities/actions.ts linkIdentities': 'people.manage',
  'settings/identities/actions.ts unlinkIdentities': 'people.manage',
  'settings/delegates/actions.ts nameDelegate': 'requests.decide',
  'settings/delegates/actions.ts endDelegate': 'requests.read',
  'requests/actions.ts sendRequest': 'requests.create',
  'requests/actions.ts discardDraft': 'requests.create',
  'requests/actions.ts breakGlass': 'requests.breakGlass',
  'requests/actions.ts cancelChanges': 'requests.create',
  // a delegate may hold no role that decides
  'requests/actions.ts decideChange': 'requests.read',
  'requests/actions.ts endNow': 'requests.create',
  'requests/actions.ts commentOnRequest': 'requests.read',
  'requests/actions.ts reviewBreakGlass': 'requests.decide',
  'requests/new/actions.ts previewRequest': 'requests.create',
  'settings/actions.ts giveRole': 'people.manage',
  'settings/actions.ts takeRole': 'people.manage',
  'settings/actions.ts changeAccess': 'people.manage',
  'settings/actions.ts endPersonSessions': 'people.manage',
  'settings/actions.ts endMySessions': 'keys.read',
  'settings/actions.ts endSession': 'people.manage',
  'settings/actions.ts endMySession': 'keys.read',
  'settings/actions.ts requestRole': 'requests.create',
  'settings/actions.ts addMapping': 'settings.manage',
  'settings/actions.ts removeMapping': 'settings.manage',
  'settings/actions.ts setOwnerTag': 'settings.manage',
  'notifications/actions.ts markNoticesRead': 'requests.read',
  'settings/notifications/actions.ts saveNotificationChoices': 'settings.manage',
  'settings/notifications/actions.ts addWebhook': 'settings.manage',
  'settings/notifications/actions.ts changeWebhook': 'settings.manage',
  'settings/notifications/actions.ts renewWebhookSecret': 'settings.manage',
  'settings/notifications/actions.ts removeWebhook': 'settings.manage',
  'settings/notifications/actions.ts sendTestMessage': 'settings.manage',
  'settings/notifications/actions.ts retryDelivery': 'settings.manage',
  'settings/log-files/actions.ts checkSource': 'trail.manage',
  'settings/log-files/actions.ts addSource': 'trail.manage',
  'settings/log-files/actions.ts changeSource': 'trail.manage',
  'settings/log-files/actions.ts removeSource': 'trail.manage',
  'settings/log-files/actions.ts readFilesAgain': 'trail.manage',
  'trail/import/actions.ts startImport': 'trail.manage',
  'trail/import/actions.ts endImport': 'trail.manage',
  'trail/import/actions.ts undoImport': 'trail.manage',
  'views/actions.ts saveTableView': 'views.save',
  'views/actions.ts deleteTableView': 'views.save',
}

/** What a handler must be asked with before it looks at anything. */
export const queries: Record<string, string> = {
  '/api/requests/form/keys': '?arns=arn%3Aaws%3Akms%3Aeu-central-1%3A527461390288%3Akey%2Fnone',
  '/api/requests/form/aliases': '?account=527461390288&region=eu-central-1',
  '/api/keys/[account]/[region]/[keyId]/access/explain':
    '?principal=arn%3Aaws%3Aiam%3A%3A527461390288%3Auser%2Fadmin&action=kms%3ADecrypt',
  '/api/keys/[account]/[region]/[keyId]/policy/compare': '?from=1&to=2',
  '/api/keys/[account]/[region]/[keyId]/policy/draft':
    '?draft=00000000-0000-4000-8000-000000000000',
  '/api/keys/[account]/[region]/[keyId]/policy/impact':
    '?draft=00000000-0000-4000-8000-000000000000',
}
