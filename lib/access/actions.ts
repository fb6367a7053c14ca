/** Actions on a key that people ask about, as IAM names them. */
export const askableActions: readonly string[] = [
  'Decrypt', 'Encrypt', 'GenerateDataKey', 'GenerateDataKeyWithoutPlaintext', 'GenerateDataKeyPair', 'GenerateDataKeyPairWithoutPlaintext', 'ReEncryptFrom', 'ReEncryptTo',
  'Sign', 'Verify', 'GenerateMac', 'VerifyMac', 'DeriveSharedSecret', 'Encapsulate', 'Decapsulate', 'DescribeKey', 'GetPublicKey', 'CreateGrant', 'ListGrants', 'RevokeGrant', 'RetireGrant',
  'PutKeyPolicy', 'GetKeyPolicy', 'EnableKey', 'DisableKey', 'ScheduleKeyDeletion', 'CancelKeyDeletion', 'EnableKeyRotation', 'DisableKeyRotation', 'RotateKeyOnDemand', 'GetKeyRotationStatus',
  'ListKeyRotations', 'TagResource', 'UntagResource', 'ListResourceTags', 'UpdateKeyDescription', 'ImportKeyMaterial', 'DeleteImportedKeyMaterial', 'GetParametersForImport', 'ReplicateKey', 'UpdatePrimaryRegion', 'GetKeyLastUsage',
].map((name) => `kms:${name}`)

/** Services that use keys for their customers, by the name kms:ViaService has before the Region. */
export const viaServices = ['s3', 'ec2', 'rds', 'dynamodb', 'secretsmanager', 'ssm', 'sqs', 'sns', 'lambda', 'logs', 'kinesis', 'elasticfilesystem', 'backup', 'redshift', 'glue', 'ecr', 'eks', 'cloudtrail', 'athena']

/** AWS services that policies name as principals. */
export const servicePrincipals = ['cloudtrail', 'logs', 'delivery.logs', 's3', 'sns', 'sqs', 'events', 'cloudwatch', 'config', 'lambda', 'backup', 'rds', 'dynamodb', 'ses'].map((name) => `${name}.amazonaws.com`)
