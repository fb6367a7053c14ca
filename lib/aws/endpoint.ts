import 'server-only'
import { KMSClient, ListKeysCommand } from '@aws-sdk/client-kms'

/**
 * What AWS's partitions end their host names with, dual-stack names too (partitions.json of the AWS
 * SDKs).
 */
const awsSuffixes = [
  'amazonaws.com',
  'amazonaws.com.cn',
  'amazonaws.eu',
  'api.aws',
  'api.amazonwebservices.com.cn',
  'api.amazonwebservices.eu',
  'c2s.ic.gov',
  'sc2s.sgov.gov',
  'csp.hci.ic.gov',
  'cloud.adc-e.uk',
  'api.aws.ic.gov',
  'api.aws.hci.ic.gov',
  'api.aws.scloud',
  'api.cloud-aws.adc-e.uk',
]

const region = '[a-z]{2,5}(?:-[a-z]+)+-[0-9]+'
/** `kms.REGION`, `kms-fips.REGION`, and those of an interface endpoint in a VPC. */
const kmsNames = new RegExp(
  `^(?:kms|kms-fips)\\.${region}$|^vpce-[a-z0-9-]+\\.(?:kms|kms-fips)\\.${region}\\.vpce$`,
)

/**
 * Is this origin KMS of AWS itself? Over plain http anyone on the way could answer, so that is
 * nobody's. Below the same suffixes AWS names servers of its customers too: APIs as
 * ID.execute-api.REGION, buckets as kms.s3, endpoint services as vpce-ID.vpce-svc-ID.REGION.vpce
 * (https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html).
 */
export function isAwsEndpoint(endpoint: string): boolean {
  const { protocol, hostname } = new URL(endpoint)
  return (
    protocol === 'https:' &&
    awsSuffixes.some(
      (suffix) =>
        hostname.endsWith(`.${suffix}`) && kmsNames.test(hostname.slice(0, -suffix.length - 1)),
    )
  )
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
  const kms = new KMSClient({
    region,
    credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
  })
  kms.middlewareStack.add(
    () =>
      ({ request }) =>
        Promise.reject(new Resolved(originOf(request))),
    { step: 'build' },
  )
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
  const { protocol, hostname, port }: { protocol?: unknown; hostname?: unknown; port?: unknown } =
    request
  return new URL(
    `${String(protocol)}//${String(hostname)}${port === undefined ? '' : `:${String(port)}`}`,
  ).origin
}
