/** Records of CloudTrail by number: the same number and seed are the same record, always. */

const accounts = ['111122223333', '444455556666', '777788889999']
const regions = ['eu-west-1', 'eu-central-1', 'us-east-1']
const reads = ['Decrypt', 'Decrypt', 'Decrypt', 'GenerateDataKey', 'Encrypt', 'DescribeKey']
const writes = ['CreateGrant', 'RetireGrant', 'TagResource', 'PutKeyPolicy', 'DisableKey']
const services = ['s3', 'rds', 'secretsmanager', 'lambda', null]

/** Mixes a number into another that looks like chance; xorshift-multiply, as in murmur3. */
function mix(seed: number, at: number): number {
  let h = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(at + 1, 0xc2b2ae35)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
const pick = <T>(from: readonly T[], by: number): T => from[by % from.length] as T

/** Chance by a seed, between 0 and 1. */
export function chance(seed: number): () => number {
  let at = 0
  return () => mix(seed, at++) / 2 ** 32
}

const hex = (n: number, length: number) => n.toString(16).padStart(length, '0').slice(-length)
export const eventIdOf = (n: number): string =>
  `${hex(n, 8)}-0000-4000-8000-${hex(Math.imul(n, 40503), 12)}`

const begins = Date.UTC(2026, 9, 1)
const spreadMs = 30 * 86_400_000

function common(seed: number, n: number, chanceOf: number, account: string, region: string) {
  const role = `service-${chanceOf % 40}`
  return {
    eventVersion: '1.11',
    userIdentity: {
      type: 'AssumedRole',
      principalId: `AROAEXAMPLE${chanceOf % 40}:i-0${hex(chanceOf % 900, 8)}`,
      arn: `arn:aws:sts::${account}:assumed-role/${role}/i-0${hex(chanceOf % 900, 8)}`,
      accountId: account,
      accessKeyId: 'ASIAEXAMPLEEXAMPLE00',
      sessionContext: {
        sessionIssuer: {
          type: 'Role',
          principalId: `AROAEXAMPLE${chanceOf % 40}`,
          arn: `arn:aws:iam::${account}:role/app/${role}`,
          accountId: account,
          userName: role,
        },
        attributes: { creationDate: '2026-10-01T00:00:00Z', mfaAuthenticated: 'false' },
      },
    },
    eventTime: new Date(begins + Math.floor((mix(seed, n + 7) / 2 ** 32) * spreadMs))
      .toISOString()
      .replace(/\.\d+Z$/, 'Z'),
    eventSource: 'kms.amazonaws.com',
    awsRegion: region,
    sourceIPAddress: `10.0.${chanceOf % 250}.${n % 250}`,
    userAgent:
      'aws-sdk-java/2.29.23 md/io#sync md/http#Apache ua/2.1 os/Linux#6.1 lang/java#21.0.5',
  }
}

/** The record of an event of KMS. */
export function kmsRecord(seed: number, n: number): string {
  const by = mix(seed, n)
  const account = pick(accounts, by)
  const region = pick(regions, by >>> 3)
  const isRead = by % 10 !== 0
  const service = pick(services, by >>> 5)
  const keyArn = `arn:aws:kms:${region}:${account}:key/${hex(by % 300, 8)}-12ab-34cd-56ef-1234567890ab`
  const isDenied = by % 50 === 1
  const { userIdentity, ...rest } = common(seed, n, by >>> 7, account, region)
  return JSON.stringify({
    ...rest,
    userIdentity: { ...userIdentity, invokedBy: service ? `${service}.amazonaws.com` : undefined },
    eventName: pick(isRead ? reads : writes, by >>> 9),
    errorCode: isDenied ? 'AccessDenied' : undefined,
    errorMessage: isDenied ? `is not authorized to perform: kms on resource: ${keyArn}` : undefined,
    requestParameters: {
      keyId: keyArn,
      encryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      encryptionContext:
        service === 's3' ? { 'aws:s3:arn': `arn:aws:s3:::bucket-${by % 30}/o/${n}` } : undefined,
    },
    responseElements: null,
    additionalEventData: { keyMaterialId: '96083e4fb6dbc41d77578a213a6b6669c044dd4c143e9675' },
    requestID: eventIdOf(n + 0x10000000),
    eventID: eventIdOf(n),
    readOnly: isRead,
    resources: [{ accountId: account, type: 'AWS::KMS::Key', ARN: keyArn }],
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: account,
    eventCategory: 'Management',
    tlsDetails: {
      tlsVersion: 'TLSv1.3',
      cipherSuite: 'TLS_AES_128_GCM_SHA256',
      clientProvidedHostHeader: `kms.${region}.amazonaws.com`,
    },
  })
}

/** The record of another service, as large as one of KMS. */
export function foreignRecord(seed: number, n: number): string {
  const by = mix(seed, n)
  const account = pick(accounts, by)
  return JSON.stringify({
    ...common(seed, n, by >>> 7, account, pick(regions, by >>> 3)),
    eventSource: 'ec2.amazonaws.com',
    eventName: 'DescribeInstances',
    requestParameters: {
      maxResults: 100,
      instancesSet: {},
      filterSet: { items: [{ name: 'tag:team', valueSet: { items: [{ value: 'payments' }] } }] },
    },
    responseElements: null,
    requestID: eventIdOf(n + 0x10000000),
    eventID: eventIdOf(n),
    readOnly: true,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: account,
    eventCategory: 'Management',
    tlsDetails: { tlsVersion: 'TLSv1.3', cipherSuite: 'TLS_AES_128_GCM_SHA256' },
  })
}
