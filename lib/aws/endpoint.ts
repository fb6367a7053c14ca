import 'server-only'
import { KMSClient, ListKeysCommand } from '@aws-sdk/client-kms'

/**
 * What AWS's partitions end their host names with, dual-stack names too (partitions.json of the AWS
 * SDKs).
 */
const awsSuffixes = [
  'amazonaws.com', 'amazonaws.com.cn', 'amazonaws.eu', 'api.aws', 'api.amazonwebservices.com.cn',
  'api.amazonwebservices.eu', 'c2s.ic.gov', 'sc2s.sgov.gov', 'csp.hci.ic.gov', 'cloud.adc-e.uk', 'api.aws.ic.gov',
  'api.aws.hci.ic.gov', 'api.aws.scloud', 'api.cloud-aws.adc-e.uk',
]

/**
 * Is this origin one of AWS's own? Over plain http anyone on the way could answer, so that is
 * nobody's.
 */
export function isAwsEndpoint(endpoint: string): boolean {
  const { protocol, hostname } = new URL(endpoint)
  return protocol === 'https:' && awsSuffixes.some((suffix) => hostname.endsWith(`.${suffix}`))
}

class Resolved extends Error {
  constructor(readonly endpoint: string) {
    super('resolved')
  }
}

/**
 * Returns the origin that KMS clients of this process send to in a Region: asked of the SDK itself,
 * which takes it from AWS_ENDPOINT_URL_KMS, AWS_ENDPOINT_URL or the profile. Nothing is sent.
 */
export async function kmsEndpointOf(region: string): Promise<string> {
  const kms = new KMSClient({ region, credentials: { accessKeyId: 'none', secretAccessKey: 'none' } })
  kms.middlewareStack.add(() => ({ request }) => Promise.reject(new Resolved(originOf(request))), { step: 'build' })
  try {
    await kms.send(new ListKeysCommand({}))
  } catch (error) {
    if (error instanceof Resolved) return error.endpoint
    throw error
  } finally {
    kms.destroy()
  }
  throw new Error('the SDK resolved no endpoint of KMS')
}

function originOf(request: unknown): string {
  if (typeof request !== 'object' || request === null) throw new Error('the SDK made no request')
  const { protocol, hostname, port }: { protocol?: unknown; hostname?: unknown; port?: unknown } = request
  return new URL(`${String(protocol)}//${String(hostname)}${port === undefined ? '' : `:${String(port)}`}`).origin
}
