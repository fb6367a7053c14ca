/**
 * Grants by task: what to ask for, and why each part of it is there. Pure. What a grant can hold
 * and what binds it is KMS's (lib/kms/README.md, "Grants").
 */
import { isSymmetric } from '../../kms/grant-operations'
import { defineTemplate, grantee, describe, type GrantTemplate } from './define-template'
import { templatesOfMacs, templatesOfSecrets, templatesOfSigning } from './templates-of-usages'

export type { GrantTemplate }

const account = { type: 'accountId', label: 'Account', hint: '12 digits' } as const
const role = {
  type: 'roleName',
  label: 'Role',
  hint: 'Its name, with the path where it has one',
} as const
const roleArn = (partition: string, accountId: string, name: string) =>
  `arn:${partition}:iam::${accountId}:role/${name}`
const forRole = (
  { account: accountId, role: name }: { account: string; role: string },
  partition: string,
) => ({ granteePrincipal: roleArn(partition, accountId, name) })
const passOn =
  'The AWS service works on after the call is over, by a grant that it makes from this one.'
const reencrypt =
  'The data key of the copy is moved from this key to another, without its plaintext leaving KMS.'
const cipherForService = {
  Decrypt: 'To read what is stored under the key.',
  Encrypt: 'To store under the key.',
  DescribeKey: describe,
  GenerateDataKey: 'For a new data key with which data is encrypted.',
  GenerateDataKeyWithoutPlaintext: 'For a new data key that is opened later.',
  ReEncryptFrom: reencrypt,
  ReEncryptTo: 'A data key is moved to this key from another, without its plaintext leaving KMS.',
} as const

export const grantTemplates: readonly GrantTemplate[] = [
  defineTemplate({
    // 10.a, steps 2 to 4
    id: 'ebs-snapshot-read',
    title: 'Read an encrypted snapshot from another account',
    summary: 'A role of another account copies a shared EBS snapshot under a key of its own.',
    fields: { account, role },
    suits: isSymmetric,
    make: forRole,
    operations: {
      Decrypt: 'To read the snapshot.',
      DescribeKey: describe,
      CreateGrant: passOn,
      ReEncryptFrom: reencrypt,
      ReEncryptTo: 'EBS asks for both directions of ReEncrypt.',
      GenerateDataKey: 'EBS may encrypt the copy anew.',
      GenerateDataKeyWithoutPlaintext: 'EBS makes a data key for the volume.',
    },
    notes: [
      'The snapshot itself must be shared too: ec2:ModifySnapshotAttribute, createVolumePermission.',
      'Who lacks the key sees the copy end in error with “Given key ID is not accessible”.',
    ],
  }),
  defineTemplate({
    // 10.b
    id: 'autoscaling',
    title: 'Auto Scaling in an account may use this key',
    summary:
      'Its service-linked role launches instances whose volumes are encrypted under this key.',
    fields: { account },
    suits: isSymmetric,
    make: (values, partition) => ({
      granteePrincipal: roleArn(
        partition,
        values.account,
        'aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling',
      ),
    }),
    operations: {
      ...cipherForService,
      CreateGrant: 'For each volume it attaches, a grant is made from this one.',
    },
    notes: [
      'The service-linked role must be there: it comes with the first Auto Scaling group of that account.',
    ],
  }),
  defineTemplate({
    // 10.b
    id: 'ami-launch',
    title: 'Launch a shared encrypted image from another account',
    summary:
      'A role of another account starts instances from an AMI whose snapshots are under this key.',
    fields: { account, role },
    suits: isSymmetric,
    make: forRole,
    operations: {
      Decrypt: 'To read the snapshots of the image.',
      DescribeKey: describe,
      CreateGrant: 'For each volume it attaches, EC2 makes a grant from this one.',
      ReEncryptFrom: reencrypt,
      ReEncryptTo: 'EBS asks for both directions of ReEncrypt.',
      GenerateDataKey: 'For volumes that are encrypted anew.',
      GenerateDataKeyWithoutPlaintext: 'For volumes that are encrypted anew.',
    },
    notes: [
      'The image must be shared too: ec2:ModifyImageAttribute, LaunchPermission. Its snapshots need not be.',
    ],
  }),
  defineTemplate({
    // 10.a, RDS/Aurora
    id: 'rds-snapshot-copy',
    title: 'Copy an encrypted database snapshot from another account',
    summary:
      'A role of another account copies a shared RDS or Aurora snapshot under a key of its own.',
    fields: { account, role },
    suits: isSymmetric,
    make: forRole,
    operations: { ...cipherForService, CreateGrant: passOn },
    notes: [
      'The snapshot itself must be shared too: rds:ModifyDBSnapshotAttribute, restore (for ' +
        'Aurora ModifyDBClusterSnapshotAttribute).',
    ],
  }),
  defineTemplate({
    // 5: new form of service grants; 4.1 (3): the use of a key
    id: 'service-on-resource',
    title: 'An AWS service on one resource',
    summary: 'A service may use the key on behalf of one resource, and retires the grant itself.',
    fields: {
      service: {
        type: 'serviceName',
        label: 'Service',
        hint: 'As AWS names it: dynamodb.amazonaws.com',
      },
      resource: { type: 'arn', label: 'Resource', hint: 'ARN with an account in it' },
      use: {
        type: 'choice',
        label: 'It may',
        options: { read: 'Read only', readWrite: 'Read and write' },
      },
    },
    suits: isSymmetric,
    make: ({ service, resource, use }) => ({
      granteeServicePrincipal: service,
      retiringServicePrincipal: service,
      constraints: { SourceArn: resource },
      operations:
        use === 'read'
          ? ['Decrypt', 'DescribeKey']
          : (Object.keys(cipherForService) as (keyof typeof cipherForService)[]),
    }),
    operations: cipherForService,
    constraints: {
      SourceArn:
        'KMS demands it of a grant for a service: without it the service could use the key for anybody’s resource.',
      retiring:
        'KMS demands a retiring party of a grant for a service: so the service can give the ' +
        'grant up when the resource is gone.',
    },
    notes: ['AWS services use symmetric encryption keys only.'],
  }),
  defineTemplate({
    // 5: encryption-context constraints
    id: 'decrypt-with-context',
    title: 'Decrypt with an encryption context',
    summary: 'Reads only what was encrypted with the context that is named.',
    fields: {
      grantee,
      context: {
        type: 'context',
        label: 'Encryption context',
        hint: 'Up to 8 pairs; it stands in CloudTrail in plain text',
      },
      match: {
        type: 'choice',
        label: 'The context must be',
        options: { exactly: 'Exactly this', including: 'This, and more may be in it' },
      },
    },
    suits: isSymmetric,
    make: ({ grantee: granteePrincipal, context, match }) => ({
      granteePrincipal,
      constraints:
        match === 'exactly'
          ? { EncryptionContextEquals: context }
          : { EncryptionContextSubset: context },
    }),
    operations: { Decrypt: 'To read.' },
    constraints: {
      EncryptionContextEquals: 'Only what was encrypted with exactly this context can be read.',
      EncryptionContextSubset:
        'Only what was encrypted with these pairs in its context can be read.',
    },
  }),
  defineTemplate({
    // 4.1 (3), 10.e 4
    id: 'write',
    title: 'Write from another account',
    summary: 'A role of another account encrypts for this key and cannot read what others wrote.',
    fields: { account, role },
    suits: isSymmetric,
    make: forRole,
    operations: {
      Encrypt: 'For what is small enough to be encrypted by KMS itself (4,096 bytes).',
      GenerateDataKey: 'For anything larger: a new data key, under this key.',
      DescribeKey: describe,
    },
    notes: [
      'Multipart uploads to S3 need Decrypt as well: ask for it with the bucket as encryption context.',
    ],
  }),
  defineTemplate({
    // 10.c, 10.e 2
    id: 's3-replication-source',
    title: 'S3 replication: read the source bucket',
    summary: 'The replication role reads the objects of a bucket that uses a Bucket Key.',
    fields: { account, role, bucket: { type: 'bucketArn', label: 'Source bucket' } },
    suits: isSymmetric,
    make: ({ bucket, ...values }, partition) => ({
      ...forRole(values, partition),
      constraints: { EncryptionContextSubset: { 'aws:s3:arn': bucket } },
    }),
    operations: { Decrypt: 'To read the objects that are to be replicated.' },
    constraints: {
      EncryptionContextSubset:
        'S3 puts the ARN of the bucket into the context when the bucket has a Bucket Key: no other bucket can be read.',
    },
    notes: [
      'Without a Bucket Key the context holds the ARN of each object, and this constraint lets none of them through.',
      'The replication rule must select SSE-KMS objects, else they are skipped.',
    ],
  }),
  defineTemplate({
    // 10.c
    id: 's3-replication-target',
    title: 'S3 replication: write the replica bucket',
    summary: 'The replication role encrypts the replicas in a bucket that uses a Bucket Key.',
    fields: { account, role, bucket: { type: 'bucketArn', label: 'Replica bucket' } },
    suits: isSymmetric,
    make: ({ bucket, ...values }, partition) => ({
      ...forRole(values, partition),
      constraints: { EncryptionContextSubset: { 'aws:s3:arn': bucket } },
    }),
    operations: {
      Encrypt: 'To encrypt the replicas.',
      Decrypt: 'S3 needs it of the replica key where the bucket has a Bucket Key.',
      GenerateDataKey:
        'For objects that were not encrypted and land in a bucket that encrypts by default.',
    },
    constraints: {
      EncryptionContextSubset:
        'S3 puts the ARN of the bucket into the context when the bucket has a Bucket Key: it ' +
        'holds for no other bucket.',
    },
    notes: [
      'S3 does not check the key when the rule is made: a wrong key shows only as a failed replication.',
    ],
  }),
  ...templatesOfSigning(),
  ...templatesOfMacs(),
  ...templatesOfSecrets(),
]

export function findTemplate(id: string): GrantTemplate | null {
  return grantTemplates.find((template) => template.id === id) ?? null
}
