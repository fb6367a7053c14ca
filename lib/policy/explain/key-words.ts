import { own } from '../../own'

/** Condition keys in words, by their name in lower case: a noun phrase that stands before "is". */
const words: Readonly<Record<string, string>> = {
  'aws:principalarn': 'the caller',
  'aws:principalaccount': "the caller's account",
  'aws:principalorgid': "the caller's organization",
  'aws:principalorgpaths': "the caller's place in its organization",
  'aws:principalservicename': 'the calling service',
  'aws:principalservicenameslist': 'the names of the calling service',
  'aws:principaltype': 'the kind of caller',
  'aws:userid': "the caller's unique id",
  'aws:username': "the caller's user name",
  'aws:federatedprovider': 'the identity provider of the caller',
  'aws:tokenissuetime': "the time at which the caller's credentials were issued",
  'aws:multifactorauthage': 'the age of the multi-factor sign-in in seconds',
  'aws:chatbotsourcearn': 'the chat configuration that calls',
  'aws:ec2instancesourcevpc': 'the VPC in which the calling instance got its credentials',
  'aws:ec2instancesourceprivateipv4': 'the private address of the calling instance',
  'aws:sourceidentity': 'the source identity of the session',
  'aws:sourceip': "the caller's IP address",
  'aws:sourcevpc': 'the VPC from which the call comes',
  'aws:sourcevpcarn': 'the VPC from which the call comes',
  'aws:sourcevpce': 'the VPC endpoint of the call',
  'aws:vpceaccount': 'the account of the VPC endpoint',
  'aws:vpceorgid': 'the organization of the VPC endpoint',
  'aws:vpceorgpaths': 'the place of the VPC endpoint in its organization',
  'aws:vpcsourceip': "the caller's address within the VPC",
  'aws:resourceaccount': "the key's account",
  'aws:resourceorgid': "the key's organization",
  'aws:resourceorgpaths': "the place of the key's account in its organization",
  'aws:calledvia': 'the services through which the call came',
  'aws:calledviafirst': 'the first service through which the call came',
  'aws:calledvialast': 'the last service through which the call came',
  'aws:currenttime': 'the time',
  'aws:epochtime': 'the time',
  'aws:referer': 'the referring page',
  'aws:requestedregion': 'the Region of the call',
  'aws:tagkeys': 'the tag names in the request',
  'aws:sourcearn': 'the resource for which the service calls',
  'aws:sourceaccount': 'the account for which the service calls',
  'aws:sourceowner': 'the account for which the service calls',
  'aws:sourceorgid': 'the organization for which the service calls',
  'aws:sourceorgpaths': 'the place in its organization of the account for which the service calls',
  'aws:useragent': "the caller's software",
  'kms:calleraccount': "the caller's account",
  'kms:viaservice': 'the service through which the call comes',
  'kms:keyspec': 'the key spec',
  'kms:customermasterkeyspec': 'the key spec',
  'kms:keyusage': 'the key usage',
  'kms:customermasterkeyusage': 'the key usage',
  'kms:keyorigin': 'the origin of the key material',
  'kms:multiregionkeytype': 'the multi-Region type of the key',
  'kms:resourcealiases': 'the aliases of the key',
  'kms:requestalias': 'the alias by which the call names the key',
  'kms:encryptioncontextkeys': 'the names in the encryption context',
  'kms:encryptionalgorithm': 'the encryption algorithm',
  'kms:signingalgorithm': 'the signing algorithm',
  'kms:messagetype': 'the message type',
  'kms:macalgorithm': 'the MAC algorithm',
  'kms:keyagreementalgorithm': 'the key agreement algorithm',
  'kms:datakeypairspec': 'the spec of the data key pair',
  'kms:grantoperations': 'the operations of the grant',
  'kms:grantconstrainttype': 'the kind of constraint of the grant',
  'kms:grantconstraintsourcearn': 'the resource to which the grant is constrained',
  'kms:granteeprincipal': 'the grantee',
  'kms:retiringprincipal': 'who may retire the grant',
  'kms:granteeserviceprincipal': 'the grantee service',
  'kms:retiringserviceprincipal': 'the service that may retire the grant',
  'kms:replicaregion': 'the Region of the replica',
  'kms:primaryregion': 'the new primary Region',
  'kms:rotationperiodindays': 'the rotation period in days',
  'kms:schedulekeydeletionpendingwindowindays': 'the waiting period before deletion, in days',
  'kms:trailingdayswithoutkeyusage': 'the number of days without use of the key',
  'kms:expirationmodel': 'whether imported material expires',
  'kms:validto': 'the end of validity of imported material',
  'kms:wrappingalgorithm': 'the wrapping algorithm',
  'kms:wrappingkeyspec': 'the spec of the wrapping key',
}

/** Boolean keys as clauses: said when true, said when false. */
const clauses: Readonly<Record<string, readonly [yes: string, no: string]>> = {
  'kms:grantisforawsresource': [
    'an AWS service acts with a grant for its own resources',
    'the grant is not for an AWS resource',
  ],
  'kms:bypasspolicylockoutsafetycheck': [
    'the call bypasses the lockout safety check',
    'the call does not bypass the lockout safety check',
  ],
  'kms:multiregion': ['the key is a multi-Region key', 'the key is a single-Region key'],
  'kms:reencryptonsamekey': [
    'both sides of the re-encryption use the same key',
    'the re-encryption is between different keys',
  ],
  'aws:multifactorauthpresent': [
    'the caller signed in with multi-factor authentication',
    'the caller signed in without multi-factor authentication',
  ],
  'aws:securetransport': ['the call comes over TLS', 'the call does not come over TLS'],
  'aws:viaawsservice': [
    'an AWS service makes the call for the caller',
    'the caller makes the call itself, not through an AWS service',
  ],
  'aws:principalisawsservice': ['the caller is an AWS service', 'the caller is no AWS service'],
  'aws:assumedroot': [
    'the caller has a root session from the organization',
    'the caller has no root session from the organization',
  ],
}

export function sayKey(key: string): string {
  const keyName = key.toLowerCase()
  const known = own(words, keyName)
  if (known !== undefined) return known
  const tag = /^aws:(principal|resource|request)tag\/(.*)$/s.exec(keyName)
  if (tag) {
    const name = key.slice(key.indexOf('/') + 1)
    if (tag[1] === 'request') return `the tag "${name}" in the request`
    return tag[1] === 'principal' ? `the caller's tag "${name}"` : `the key's tag "${name}"`
  }
  if (keyName.startsWith('kms:encryptioncontext:'))
    return `"${key.slice('kms:encryptioncontext:'.length)}" in the encryption context`
  if (keyName.startsWith('kms:recipientattestation:'))
    return `the attested measurement ${key.slice('kms:recipientattestation:'.length)}`
  return `the condition key ${key}`
}

export function sayClause(keyName: string, value: boolean): string | null {
  const clause = own(clauses, keyName)
  return clause ? clause[value ? 0 : 1] : null
}
