import type { KeyPlan } from '../plan'
import { ACCOUNT, REGION, roleArn } from './company'
import { consoleDefault, defaultPolicy } from './policies'

export const FIRST: KeyPlan[] = [
  {
    handle: 'payments-ledger', accountId: ACCOUNT.prod, region: REGION.ireland, createdDaysAgo: 1460, aliases: ['payments/ledger'],
    description: 'Card and ledger data of the payments service', tags: { owner: 'payments', 'data-class': 'restricted', team: 'payments' },
    policy: consoleDefault(ACCOUNT.prod, [roleArn(ACCOUNT.prod, 'KeyAdministrator')], [roleArn(ACCOUNT.prod, 'payments-api')]),
    rotation: { enabledDaysAgo: 1460 },
  },
]

for (const accountId of Object.values(ACCOUNT)) {
  FIRST.push({
    handle: `first-${accountId}`, accountId, region: REGION.frankfurt, createdDaysAgo: 400, aliases: ['platform/default'],
    description: 'Default key of the account', policy: defaultPolicy(accountId),
  })
}
