import type { KnownKey } from '../support/inventory'

const nil = '00000000-0000-4000-8000-000000000000'
const said = 'said by the campaign'
const policy = (account: string) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'Root',
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${account}:root` },
        Action: 'kms:*',
        Resource: '*',
      },
    ],
  })

/**
 * Inputs that an action takes, or nearly: what is changed in them reaches further than what is
 * made up. By the action's name.
 */
export function templatesFor(key: KnownKey): Record<string, unknown> {
  return { ...templatesOfRequests(key), ...templatesOfKeys(key), ...templatesOfSettings(key) }
}

/** Asking, deciding, and what comes after. */
function templatesOfRequests({ arn, accountId, region }: KnownKey): Record<string, unknown> {
  const change = (kind: string, input: unknown) => ({
    kind,
    accountId,
    region,
    keyArn: arn,
    input,
    startsAt: null,
    endsAt: new Date(Date.now() + 86_400_000).toISOString(),
  })
  const grant = { accountId, region, keyArn: arn, grantId: 'a'.repeat(64) }
  const asked = {
    title: said,
    justification: said,
    ticket: null,
    template: null,
    continuesId: null,
    replacesId: null,
    changes: [
      change('description', { description: said }),
      change('key-disable', {}),
      change('policy-put', { policy: policy(accountId) }),
      change('tag', { tags: [{ key: 'x', value: 'y' }] }),
      change('deletion-schedule', { pendingWindowInDays: 30 }),
      change('grant-create', {
        granteePrincipal: `arn:aws:iam::${accountId}:root`,
        operations: ['Decrypt'],
        constraints: null,
      }),
    ],
  }
  return {
    previewRequest: asked,
    askRevocation: { grants: [grant], justification: said, ticket: '' },
    askAdoption: { grant, owner: said, reason: said, ticket: '', endsAt: null },
    decideChange: {
      changeId: nil,
      decision: 'approve',
      comment: said,
      requestHash: said,
      baselineHash: said,
    },
    commentOnRequest: { requestId: nil, text: said },
    reviewBreakGlass: { requestId: nil, note: said },
    cancelChanges: { requestId: nil, changeId: null, reason: said },
    endNow: { changeId: nil, reason: said },
    breakGlass: { id: nil, reason: said },
  }
}

function templatesOfKeys({ arn, accountId }: KnownKey): Record<string, unknown> {
  const view = {
    table: 'keys',
    name: said,
    query: 'filter=keyState.eq.Enabled',
    shared: false,
  }
  return {
    saveTableView: view,
    createDraft: { arn, text: policy(accountId), note: said, baseHash: null },
    changeDraft: {
      arn,
      text: policy(accountId),
      note: said,
      id: nil,
      seenAt: new Date().toISOString(),
    },
    deleteDraft: { arn, id: nil },
    refreshKey: { arn },
    reviewExternalAccess: {
      keyArn: arn,
      principal: '*',
      basis: 'a'.repeat(64),
      decision: 'accepted',
      reason: said,
      until: null,
    },
  }
}

function templatesOfSettings({ accountId, region }: KnownKey): Record<string, unknown> {
  return {
    giveRole: { personId: nil, role: 'viewer', accountId },
    nameDelegate: {
      awayId: nil,
      delegateId: nil,
      startsAt: new Date().toISOString(),
      endsAt: new Date().toISOString(),
      reason: said,
    },
    addMapping: { group: said, role: 'viewer', accountId: null },
    linkIdentities: { personId: nil, otherId: nil },
    addWebhook: { name: 'x', kind: 'webhook', url: 'http://127.0.0.1:1/', events: [] },
    addAccount: {
      id: accountId,
      name: said,
      readRoleArn: `arn:aws:iam::${accountId}:role/x`,
      regions: [region],
    },
    requestRules: {
      rules: { rules: [] },
      version: 0,
      title: said,
      justification: said,
      ticket: '',
    },
    saveNotificationChoices: { version: 0, choices: {} },
    markNoticesRead: { until: new Date().toISOString() },
  }
}

/** An action that nobody has a template for is asked for something by an id. */
export const anyInput = { id: nil, arn: 'arn:aws:kms:eu-west-1:111122223333:key/x', name: said }

/** Names that handlers and pages take from a query. */
export const queryNames = [
  'q',
  'page',
  'pageSize',
  'filter',
  'or',
  'sort',
  'columns',
  'group',
  'query',
  'before',
  'after',
  'last',
  'principal',
  'action',
  'arn',
  'arns',
  'a',
  'b',
  'account',
  'region',
  'key',
  'from',
  'to',
  'draft',
  'only',
  'complete',
  'context',
  'format',
  'view',
  'tab',
  'show',
  'id',
  'error',
  'callbackUrl',
  'state',
  'code',
  'ref',
  '_rsc',
  'kind',
  'template',
  'continues',
  'status',
  'mine',
  'version',
]
