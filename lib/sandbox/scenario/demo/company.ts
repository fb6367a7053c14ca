/**
 * Halden Freight: a freight forwarder that takes bookings and card payments, tracks parcels and has
 * one data team too curious.
 */
export const COMPANY = {
  organizationId: 'o-h4ld3nfrt8',
  rootId: 'r-hf01',
  domain: 'haldenfreight.example',
}

export const REGION = {
  ireland: 'eu-west-1',
  frankfurt: 'eu-central-1',
  virginia: 'us-east-1',
} as const
export const REGIONS = [REGION.ireland, REGION.frankfurt, REGION.virginia]

export const ACCOUNT = {
  management: '180244096117',
  security: '349175520836',
  shared: '412908835574',
  prod: '527461390288',
  data: '638820417753',
  dev: '754093268140',
} as const

/**
 * Not ours: a carrier that reads manifests by contract, and a scanner
 * vendor that left two years ago.
 */
export const OUTSIDE = {
  carrier: '881264037715',
  formerVendor: '990317452206',
  unknown: '115902774380',
} as const

export const UNIT = {
  infrastructure: { id: 'ou-hf01-infra7q2', name: 'Infrastructure' },
  workloads: { id: 'ou-hf01-work31xd', name: 'Workloads' },
  production: { id: 'ou-hf01-prod9k4m', name: 'Production' },
  sandbox: { id: 'ou-hf01-play5t8z', name: 'Sandbox' },
} as const

export const ACCOUNTS = [
  {
    id: ACCOUNT.management,
    name: 'halden-management',
    unit: null,
    joinedDaysAgo: 2210,
    mail: 'aws+management',
  },
  {
    id: ACCOUNT.security,
    name: 'halden-security',
    unit: UNIT.infrastructure.id,
    joinedDaysAgo: 2195,
    mail: 'aws+security',
  },
  {
    id: ACCOUNT.shared,
    name: 'halden-shared-services',
    unit: UNIT.infrastructure.id,
    joinedDaysAgo: 2190,
    mail: 'aws+shared',
  },
  {
    id: ACCOUNT.prod,
    name: 'halden-prod',
    unit: UNIT.production.id,
    joinedDaysAgo: 2180,
    mail: 'aws+prod',
  },
  {
    id: ACCOUNT.data,
    name: 'halden-data',
    unit: UNIT.production.id,
    joinedDaysAgo: 1490,
    mail: 'aws+data',
  },
  {
    id: ACCOUNT.dev,
    name: 'halden-dev',
    unit: UNIT.sandbox.id,
    joinedDaysAgo: 2104,
    mail: 'aws+dev',
  },
]

export const roleArn = (accountId: string, name: string) => `arn:aws:iam::${accountId}:role/${name}`
export const userArn = (accountId: string, name: string) => `arn:aws:iam::${accountId}:user/${name}`
export const rootArn = (accountId: string) => `arn:aws:iam::${accountId}:root`
