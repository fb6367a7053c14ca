/**
 * Records in the shapes that AWS publishes, with AWS's own placeholders for accounts and keys. Each
 * names its page of https://docs.aws.amazon.com/kms/latest/developerguide/; what a page leaves out
 * is left out here.
 */

export const keyArn = 'arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab'
export const otherArn =
  'arn:aws:kms:us-west-2:111122223333:key/0987dcba-09fe-87dc-65ba-ab0987654321'
const account = '111122223333'

const alice = {
  type: 'IAMUser',
  principalId: 'EX_PRINCIPAL_ID',
  arn: 'arn:aws:iam::111122223333:user/Alice',
  accountId: account,
  accessKeyId: 'EXAMPLE_KEY_ID',
  userName: 'Alice',
}
const internal = { accountId: account, invokedBy: 'AWS Internal' }
const key = (ARN: string) => ({ accountId: account, type: 'AWS::KMS::Key', ARN })

let count = 0
const id = (first: string) => `${first}-0000-4000-8000-${String(++count).padStart(12, '0')}`

/** What a call has unless it says otherwise. */
const call = (eventName: string, more: object) => ({
  eventVersion: '1.08',
  userIdentity: alice,
  eventTime: '2022-07-27T22:58:24Z',
  eventSource: 'kms.amazonaws.com',
  eventName,
  awsRegion: 'us-west-2',
  sourceIPAddress: '192.0.2.0',
  userAgent: 'AWS Internal',
  requestParameters: null,
  responseElements: null,
  requestID: id('aaaaaaaa'),
  eventID: id('eeeeeeee'),
  readOnly: true,
  resources: [key(keyArn)],
  eventType: 'AwsApiCall',
  managementEvent: true,
  recipientAccountId: account,
  eventCategory: 'Management',
  ...more,
})

const session = (role: string, name: string) => ({
  type: 'AssumedRole',
  principalId: `AROAEXAMPLE:${name}`,
  arn: `arn:aws:sts::${account}:assumed-role/${role.slice(role.lastIndexOf('/') + 1)}/${name}`,
  accountId: account,
  accessKeyId: 'ASIAEXAMPLE',
  sessionContext: {
    sessionIssuer: {
      type: 'Role',
      principalId: 'AROAEXAMPLE',
      arn: `arn:aws:iam::${account}:role/${role}`,
      accountId: account,
      userName: role.slice(role.lastIndexOf('/') + 1),
    },
    attributes: { creationDate: '2022-07-27T09:00:00Z', mfaAuthenticated: 'false' },
  },
})

export const shapes = {
  /** ct-decrypt */
  decrypt: call('Decrypt', {
    eventVersion: '1.05',
    requestParameters: {
      encryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      keyId: keyArn,
      encryptionContext: { Department: 'Engineering', Project: 'Alpha' },
    },
    managementEvent: undefined,
    eventCategory: undefined,
  }),
  /** ct-decrypt, "Decrypt failure with a standard symmetric encryption key" */
  decryptFailed: call('Decrypt', {
    errorCode: 'IncorrectKeyException',
    errorMessage:
      'The key ID in the request does not identify a CMK that can perform this operation.',
    requestParameters: { encryptionAlgorithm: 'SYMMETRIC_DEFAULT', keyId: keyArn },
  }),
  /** ct-decrypt, "Decrypt with a KMS key in an external key store" */
  decryptExternal: call('Decrypt', {
    sourceIPAddress: 'AWS Internal',
    userAgent: undefined,
    additionalEventData: {
      customKeyStoreId: 'cks-9876543210fedcba9',
      xksKeyId: 'abc01234567890fe',
    },
  }),
  /** ct-decrypt-enclave */
  decryptEnclave: call('Decrypt', {
    additionalEventData: {
      recipient: { attestationDocumentModuleId: 'i-123456789abcde123-enc123456789abcde12' },
    },
  }),
  /** ct-reencrypt: "specifies two AWS KMS keys, the source … and the destination …, in that order" */
  reEncrypt: call('ReEncrypt', {
    requestParameters: {
      sourceEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      sourceEncryptionContext: { Project: 'Alpha' },
      destinationKeyId: '0987dcba-09fe-87dc-65ba-ab0987654321',
      destinationEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      destinationEncryptionContext: { Level: '3A' },
    },
    resources: [key(keyArn), key(otherArn)],
  }),
  /** ct-ec2one: the resource has no type */
  ebs: call('GenerateDataKeyWithoutPlaintext', {
    eventVersion: '1.02',
    userIdentity: { ...alice, invokedBy: 'AWS Internal' },
    sourceIPAddress: 'AWS Internal',
    requestParameters: {
      encryptionContext: { 'aws:ebs:id': 'vol-13439757' },
      numberOfBytes: 64,
      keyId: 'alias/aws/ebs',
    },
    resources: [{ ARN: keyArn, accountId: account }],
  }),
  /** ct-creategrant */
  createGrant: call('CreateGrant', {
    eventVersion: '1.02',
    requestParameters: {
      keyId: keyArn,
      constraints: { encryptionContextSubset: { ContextKey1: 'Value1' } },
      operations: ['Encrypt', 'RetireGrant'],
      granteePrincipal: 'EX_PRINCIPAL_ID',
    },
    responseElements: {
      grantId: 'f020fe75197b93991dc8491d6f19dd3cebb24ee62277a05914386724f3d48758',
    },
    readOnly: false,
    resources: [{ ARN: keyArn, accountId: account }],
  }),
  /** ct-retire-grant: nothing but the grant's id */
  retireGrant: call('RetireGrant', {
    additionalEventData: {
      grantId: 'abcde1237f76e4ba7987489ac329fbfba6ad343d6f7075dbd1ef191f0120514a',
    },
    readOnly: false,
  }),
  /** ct-createalias: a resource that is no key */
  createAlias: call('CreateAlias', {
    requestParameters: { aliasName: 'alias/my_alias', targetKeyId: keyArn },
    readOnly: false,
    resources: [
      { ARN: keyArn, accountId: account },
      { ARN: 'arn:aws:kms:us-west-2:111122223333:alias/my_alias', accountId: account },
    ],
  }),
  /** ct-createkey */
  createKey: call('CreateKey', {
    requestParameters: {
      description: '',
      origin: 'AWS_KMS',
      bypassPolicyLockoutSafetyCheck: false,
    },
    responseElements: { keyMetadata: { aWSAccountId: account, arn: keyArn, enabled: true } },
    readOnly: false,
  }),
  /** ct-put-key-policy */
  putKeyPolicy: call('PutKeyPolicy', {
    requestParameters: {
      keyId: '1234abcd-12ab-34cd-56ef-1234567890ab',
      policyName: 'default',
      policy: '{\n  "Version" : "2012-10-17" }',
      bypassPolicyLockoutSafetyCheck: false,
    },
    readOnly: false,
  }),
  /** ct-schedule-key-deletion: a date in human words */
  scheduleKeyDeletion: call('ScheduleKeyDeletion', {
    requestParameters: { keyId: '1234abcd-12ab-34cd-56ef-1234567890ab', pendingWindowInDays: 20 },
    responseElements: {
      keyId: keyArn,
      keyState: 'PendingDeletion',
      deletionDate: 'Apr 12, 2021 18:58:30 PM',
    },
    readOnly: false,
  }),
  /** ct-replicate-key: the replica stands in the answer alone */
  replicateKey: call('ReplicateKey', {
    requestParameters: {
      keyId: 'mrk-1234abcd12ab34cd56ef1234567890ab',
      replicaRegion: 'us-east-1',
    },
    responseElements: {
      replicaKeyMetadata: {
        arn: 'arn:aws:kms:us-east-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab',
      },
    },
    readOnly: false,
    resources: [key('arn:aws:kms:us-west-2:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab')],
  }),
  /** ct-update-primary-region, the record in the new primary's Region: no resources */
  updatePrimaryRegion: call('UpdatePrimaryRegion', {
    userIdentity: { ...alice, invokedBy: 'kms.amazonaws.com' },
    awsRegion: 'ap-northeast-1',
    requestParameters: {
      keyId: 'arn:aws:kms:ap-northeast-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab',
      primaryRegion: 'ap-northeast-1',
    },
    readOnly: false,
    resources: undefined,
  }),
  /** ct-rotatekey: no type of identity, no request ID */
  rotateKey: call('RotateKey', {
    eventVersion: '1.05',
    userIdentity: internal,
    sourceIPAddress: 'AWS Internal',
    requestID: undefined,
    readOnly: false,
    eventType: 'AwsServiceEvent',
    serviceEventDetails: { keyId: '1234abcd-12ab-34cd-56ef-1234567890ab' },
  }),
  /** ct-deleteexpiredkeymaterial */
  deleteExpiredKeyMaterial: call('DeleteExpiredKeyMaterial', {
    userIdentity: internal,
    sourceIPAddress: 'AWS Internal',
    requestID: undefined,
    readOnly: false,
    eventType: 'AwsServiceEvent',
  }),
  /** ct-listaliases: about no key */
  listAliases: call('ListAliases', { requestParameters: { limit: 5 }, resources: [] }),
  /** ct-generaterandom */
  generateRandom: call('GenerateRandom', { eventVersion: '1.02', resources: [] }),
  /** services-s3: by a role's session, through S3 */
  s3: call('Decrypt', {
    userIdentity: { ...session('app/App', 'i-0example'), invokedBy: 's3.amazonaws.com' },
    sourceIPAddress: 's3.amazonaws.com',
    userAgent: 's3.amazonaws.com',
    requestParameters: {
      encryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      encryptionContext: { 'aws:s3:arn': 'arn:aws:s3:::demo-bucket/folder/object' },
    },
    additionalEventData: { keyMaterialId: '96083e4f' },
  }),
  /** key-policy-modifying-external-accounts: as the owner of the key sees it */
  foreign: call('GenerateDataKey', {
    userIdentity: {
      type: 'AWSAccount',
      principalId: 'AROAFOREIGN:job',
      accountId: '444455556666',
    },
    requestParameters: { keyId: keyArn, keySpec: 'AES_256', encryptionContext: { tenant: 'blue' } },
    sharedEventID: '33333333-0000-4000-8000-000000000002',
    vpcEndpointId: 'vpce-0example',
  }),
  /** A refusal: neither parameters nor resources, the key in the words */
  denied: call('Decrypt', {
    errorCode: 'AccessDenied',
    errorMessage:
      'User: arn:aws:iam::111122223333:user/Alice is not authorized to perform: kms:Decrypt on ' +
      `resource: ${keyArn} because no identity-based policy allows the kms:Decrypt action`,
    resources: undefined,
  }),
  /** cloudtrail-event-reference-record-contents, tlsDetails and sourceIdentity */
  permissionSet: call('DisableKey', {
    userIdentity: {
      ...session(
        'aws-reserved/sso.amazonaws.com/AWSReservedSSO_KeyAdmins_0123456789abcdef',
        'ann@example.com',
      ),
    },
    requestParameters: { keyId: '1234abcd-12ab-34cd-56ef-1234567890ab' },
    readOnly: false,
    tlsDetails: {
      tlsVersion: 'TLSv1.3',
      cipherSuite: 'TLS_AES_128_GCM_SHA256',
      clientProvidedHostHeader: 'kms.us-west-2.amazonaws.com',
      keyExchange: 'x25519mlkem768',
    },
  }),
}
export type ShapeName = keyof typeof shapes

/** A record of a trail that is none of ours: most are. */
export const otherRecord = call('CreateVolume', {
  eventSource: 'ec2.amazonaws.com',
  requestParameters: { note: '"kms.amazonaws.com"', nested: { eventSource: 'kms.amazonaws.com' } },
})
