import { AwsError, type Input } from '../call'
import type { KeyStore, RegionState } from '../world'
import { readRecord, readText } from './read-input'

export type Xks = NonNullable<KeyStore['xks']>

const hsmMembers = ['CloudHsmClusterId', 'TrustAnchorCertificate', 'KeyStorePassword']
export const xksMembers = [
  'XksProxyConnectivity',
  'XksProxyUriEndpoint',
  'XksProxyUriPath',
  'XksProxyAuthenticationCredential',
  'XksProxyVpcEndpointServiceName',
  'XksProxyVpcEndpointServiceOwner',
]

export const readType = (input: Input): KeyStore['type'] =>
  readText(input, 'CustomKeyStoreType') === 'EXTERNAL_KEY_STORE'
    ? 'EXTERNAL_KEY_STORE'
    : 'AWS_CLOUDHSM'

/**
 * Checks what each type of store needs and what it must not have.
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateCustomKeyStore.html
 */
export function checkStoreInput(input: Input, type: KeyStore['type']) {
  const [needed, foreign] =
    type === 'AWS_CLOUDHSM' ? [hsmMembers, xksMembers] : [xksMembers.slice(0, 4), hsmMembers]
  for (const member of foreign) {
    if (input[member] !== undefined)
      throw invalid(`${member} is not valid for a custom key store of type ${type}.`)
  }
  for (const member of needed) {
    if (input[member] === undefined)
      throw invalid(`${member} is required for a custom key store of type ${type}.`)
  }
  if (type === 'EXTERNAL_KEY_STORE') checkVpc(input, readText(input, 'XksProxyConnectivity') ?? '')
}

function checkVpc(input: Input, connectivity: string) {
  const named = readText(input, 'XksProxyVpcEndpointServiceName') !== undefined
  if (connectivity === 'VPC_ENDPOINT_SERVICE' && !named) {
    throw invalid(
      'XksProxyVpcEndpointServiceName is required when XksProxyConnectivity is VPC_ENDPOINT_SERVICE.',
    )
  }
  if (connectivity === 'PUBLIC_ENDPOINT' && named) {
    throw invalid(
      'XksProxyVpcEndpointServiceName is only valid when XksProxyConnectivity is VPC_ENDPOINT_SERVICE.',
    )
  }
}

/**
 * Checks the VPC endpoint service of an update, which can leave out the one that is already known.
 */
export function checkUpdatedVpc(input: Input, connectivity: string, serviceName: string | null) {
  if (connectivity === 'VPC_ENDPOINT_SERVICE' && serviceName !== null) return
  checkVpc(input, connectivity)
}

/**
 * Reads the proxy of an external store as asked, over what is known of it; the secret half of the
 * credential is not kept.
 */
export function readXks(input: Input, known: Xks | null, accountId: string): Xks {
  const asked = (member: string, before: string | null | undefined) =>
    readText(input, member) ?? before ?? null
  const connectivity = asked('XksProxyConnectivity', known?.connectivity) ?? 'PUBLIC_ENDPOINT'
  const serviceName = asked('XksProxyVpcEndpointServiceName', known?.vpcEndpointServiceName)
  const serviceOwner = asked('XksProxyVpcEndpointServiceOwner', known?.vpcEndpointServiceOwner)
  const credential = readRecord(input, 'XksProxyAuthenticationCredential')
  const accessKeyId = credential ? readText(credential, 'AccessKeyId') : known?.accessKeyId
  const vpc = connectivity === 'VPC_ENDPOINT_SERVICE'
  return {
    connectivity,
    uriEndpoint: asked('XksProxyUriEndpoint', known?.uriEndpoint) ?? '',
    uriPath: asked('XksProxyUriPath', known?.uriPath) ?? '',
    vpcEndpointServiceName: vpc ? serviceName : null,
    vpcEndpointServiceOwner: vpc ? (serviceOwner ?? accountId) : null,
    accessKeyId: accessKeyId ?? '',
  }
}

/** Refuses names, clusters and proxies that another store of the Region has already. */
export function refuseTaken(
  state: RegionState,
  own: Pick<KeyStore, 'id' | 'name' | 'cloudHsmClusterId' | 'xks'>,
) {
  for (const store of state.keyStores.values()) {
    if (store.id === own.id) continue
    if (store.name === own.name) throw new AwsError('CustomKeyStoreNameInUseException', '')
    if (own.cloudHsmClusterId !== null && store.cloudHsmClusterId === own.cloudHsmClusterId) {
      throw new AwsError('CloudHsmClusterInUseException', '')
    }
    if (own.xks && store.xks) refuseSharedProxy(own.xks, store.xks)
  }
}

function refuseSharedProxy(own: Xks, other: Xks) {
  if (own.uriEndpoint === other.uriEndpoint && own.connectivity !== other.connectivity) {
    throw new AwsError('XksProxyUriEndpointInUseException', '')
  }
  if (own.uriEndpoint === other.uriEndpoint && own.uriPath === other.uriPath)
    throw new AwsError('XksProxyUriInUseException', '')
  const shared =
    own.vpcEndpointServiceName !== null &&
    own.vpcEndpointServiceName === other.vpcEndpointServiceName
  if (shared && own.uriEndpoint !== other.uriEndpoint)
    throw new AwsError('XksProxyVpcEndpointServiceInUseException', '')
}

const invalid = (words: string) => new AwsError('ValidationException', words)
