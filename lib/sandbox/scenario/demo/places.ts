import type { World } from '../../world'
import { DAY } from '../make'
import { ACCOUNT, REGION, REGIONS } from './company'
import { UNBOUND_ALIASES } from './keys-aws-managed'
import { addTrails } from './trails'

/** What stands around the keys: key stores, trails, predefined aliases, quotas that were raised. */
export function furnish(world: World, now: number): void {
  addKeyStores(world, now)
  addTrails(world, now)
  for (const account of world.accounts.values()) {
    for (const region of REGIONS) {
      const state = account.regions.get(region)
      if (!state) continue
      state.historyDue = true
      if (state.keys.size === 0) continue
      for (const name of UNBOUND_ALIASES)
        state.aliases.set(name, {
          name,
          targetKeyId: null,
          createdAt: account.joinedAt,
          updatedAt: account.joinedAt,
        })
    }
  }
  const frankfurt = world.accounts.get(ACCOUNT.data)?.regions.get(REGION.frankfurt)
  frankfurt?.quotaOverrides.set('L-D39AB822', 200)
  frankfurt?.quotaRequests.push({
    id: '5d1c8a02b7e94f63a1d0c2e8f4b6907d3e5a12c8',
    quotaCode: 'L-D39AB822',
    desiredValue: 200,
    status: 'APPROVED',
    createdAt: now - 52 * DAY,
    requesterArn: `arn:aws:iam::${ACCOUNT.data}:user/admin`,
  })
}

function addKeyStores(world: World, now: number): void {
  const stores = world.accounts.get(ACCOUNT.data)?.regions.get(REGION.frankfurt)?.keyStores
  const common = {
    connectionErrorCode: null,
    settles: null,
    cloudHsmClusterId: null,
    trustAnchorCertificate: null,
    xks: null,
  }
  stores?.set('cks-4a7e19c05d2f8b361', {
    ...common,
    id: 'cks-4a7e19c05d2f8b361',
    name: 'customs-hsm',
    type: 'AWS_CLOUDHSM',
    connectionState: 'CONNECTED',
    createdAt: now - 660 * DAY,
    cloudHsmClusterId: 'cluster-2tq7mkrhxpw',
    trustAnchorCertificate:
      '-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUHaldenFreightSandboxOnly\n-----END CERTIFICATE-----\n',
  })
  stores?.set('cks-91b3f0d6e84c27a55', {
    ...common,
    id: 'cks-91b3f0d6e84c27a55',
    name: 'bank-key-manager',
    type: 'EXTERNAL_KEY_STORE',
    connectionState: 'FAILED',
    connectionErrorCode: 'XKS_PROXY_NOT_REACHABLE',
    createdAt: now - 360 * DAY,
    xks: {
      connectivity: 'PUBLIC_ENDPOINT',
      uriEndpoint: 'https://xks.sovereign-keys.example',
      uriPath: '/halden/kms/xks/v1',
      vpcEndpointServiceName: null,
      vpcEndpointServiceOwner: null,
      accessKeyId: 'HALDENXKSPROXY2345ABC',
    },
  })
}

export const KEY_STORE_IDS: Record<string, string> = {
  hsm: 'cks-4a7e19c05d2f8b361',
  xks: 'cks-91b3f0d6e84c27a55',
}
