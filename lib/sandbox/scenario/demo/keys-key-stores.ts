import type { KeyPlan } from '../plan'
import { ACCOUNT, REGION, roleArn } from './company'
import { ssoArn } from './people'
import { consoleDefault, defaultPolicy } from './policies'

const { data } = ACCOUNT
const role = (name: string) => roleArn(data, name)
const administrator = ssoArn(data, 'KeyAdministrator')
const here = { accountId: data, region: REGION.frankfurt }
const tags = (dataClass: string) => ({
  owner: 'halden-data-approvers',
  'data-class': dataClass,
  team: 'data',
  'cost-center': 'CC-3300',
})

/**
 * Keys in key stores: a CloudHSM cluster in Frankfurt, and a key manager of a Norwegian bank
 * that has stopped answering.
 */
export const KEY_STORE_KEYS: KeyPlan[] = [
  {
    ...here,
    handle: 'customs-declarations',
    createdDaysAgo: 640,
    aliases: ['customs/declarations'],
    origin: 'AWS_CLOUDHSM',
    keyStore: 'hsm',
    description: 'Customs declarations, by regulation in our own HSM',
    tags: tags('restricted'),
    policy: consoleDefault(data, [administrator], [role('etl-runner')]),
    traffic: [
      {
        by: role('etl-runner'),
        operation: 'Decrypt',
        perDay: 4,
        shape: 'office',
        context: { office: 'customs' },
      },
    ],
  },
  {
    ...here,
    handle: 'customs-archive',
    createdDaysAgo: 630,
    aliases: ['customs/archive'],
    origin: 'AWS_CLOUDHSM',
    keyStore: 'hsm',
    description: 'Customs archive',
    tags: tags('restricted'),
    policy: defaultPolicy(data),
    lastUsed: { operation: 'Decrypt', daysAgo: 150 },
  },
  {
    ...here,
    handle: 'sovereign-tariffs',
    createdDaysAgo: 350,
    aliases: ['sovereign/tariffs'],
    origin: 'EXTERNAL_KEY_STORE',
    keyStore: 'xks',
    xksKeyId: 'hf-tariffs-2025',
    state: 'Unavailable',
    description: 'Tariffs under the external key manager',
    tags: tags('restricted'),
    policy: defaultPolicy(data),
    traffic: [
      {
        by: role('etl-runner'),
        operation: 'Decrypt',
        perDay: 3,
        shape: 'office',
        fromDaysAgo: 5,
        error: { code: 'KMSInvalidStateException', message: 'is unavailable.' },
      },
      {
        by: role('etl-runner'),
        operation: 'Decrypt',
        perDay: 3,
        shape: 'office',
        untilDaysAgo: 5.5,
      },
    ],
  },
  {
    ...here,
    handle: 'sovereign-ledger',
    createdDaysAgo: 345,
    aliases: ['sovereign/ledger'],
    origin: 'EXTERNAL_KEY_STORE',
    keyStore: 'xks',
    xksKeyId: 'hf-ledger-2025',
    state: 'Unavailable',
    description: 'Ledger under the external key manager',
    policy: defaultPolicy(data),
    lastUsed: { operation: 'Decrypt', daysAgo: 6 },
  },
]
