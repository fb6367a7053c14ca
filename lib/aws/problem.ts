/**
 * Says what an AWS call that did not succeed means to us, by the name of its error and by what
 * other emulators say instead. Pure.
 */

export type ProblemKind =
  /** Our role may not. */
  | 'denied'
  | 'throttled'
  /** This endpoint, partition or kind of key has no such operation. */
  | 'unsupported'
  | 'notFound'
  /** The key's state does not allow it. */
  | 'state'
  | 'validation'
  /** 5xx, no connection, no answer in time: may go away by itself. */
  | 'unavailable'
  | 'unexpected'

const byCode: Record<string, ProblemKind> = {
  AccessDenied: 'denied',
  AccessDeniedException: 'denied',
  UnauthorizedOperation: 'denied',
  NotAuthorized: 'denied',
  AuthFailure: 'denied',
  UnrecognizedClientException: 'denied',
  InvalidClientTokenId: 'denied',
  InvalidSignatureException: 'denied',
  SignatureDoesNotMatch: 'denied',
  MissingAuthenticationToken: 'denied',
  MissingAuthenticationTokenException: 'denied',
  OptInRequired: 'denied',
  CredentialsProviderError: 'denied',
  ExpiredToken: 'unavailable',
  ExpiredTokenException: 'unavailable',
  RegionDisabledException: 'denied',
  Throttling: 'throttled',
  ThrottlingException: 'throttled',
  TooManyRequestsException: 'throttled',
  RequestLimitExceeded: 'throttled',
  RequestThrottled: 'throttled',
  RequestThrottledException: 'throttled',
  ThrottledException: 'throttled',
  SlowDown: 'throttled',
  UnknownOperationException: 'unsupported',
  UnsupportedOperationException: 'unsupported',
  InvalidAction: 'unsupported',
  NotImplemented: 'unsupported',
  NotImplementedException: 'unsupported',
  UnsupportedAPIEndpointException: 'unsupported',
  AWSOrganizationsNotInUseException: 'unsupported',
  NotFoundException: 'notFound',
  NoSuchEntity: 'notFound',
  NoSuchBucket: 'notFound',
  NoSuchKey: 'notFound',
  PermanentRedirect: 'validation',
  'KMS.DisabledException': 'state',
  'KMS.KMSInvalidStateException': 'state',
  'KMS.NotFoundException': 'state',
  NoSuchResourceException: 'notFound',
  ResourceNotFoundException: 'notFound',
  PolicyNotFoundException: 'notFound',
  TargetNotFoundException: 'notFound',
  ChildNotFoundException: 'notFound',
  AccountNotFoundException: 'notFound',
  KMSInvalidStateException: 'state',
  DisabledException: 'state',
  CustomKeyStoreInvalidStateException: 'state',
  ConflictException: 'state',
  ValidationException: 'validation',
  ValidationError: 'validation',
  InvalidArnException: 'validation',
  InvalidMarkerException: 'validation',
  InvalidInputException: 'validation',
  IllegalArgumentException: 'validation',
  InvalidParameterException: 'validation',
  KMSInternalException: 'unavailable',
  DependencyTimeoutException: 'unavailable',
  KeyUnavailableException: 'unavailable',
  InternalFailure: 'unavailable',
  InternalError: 'unavailable',
  InternalServerError: 'unavailable',
  ServiceUnavailable: 'unavailable',
  ServiceUnavailableException: 'unavailable',
  ServiceException: 'unavailable',
  ServiceFailure: 'unavailable',
  TimeoutError: 'unavailable',
}

const notThere =
  /not (yet )?(been )?implemented|not (yet )?supported|unknown operation|unsupported operation|no such operation/i
const noConnection =
  /^(ECONN|EPIPE|ENOTFOUND|EAI_|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|UND_ERR)|socket hang up|timed? ?out/i

/** Says what `error`, whatever an AWS client threw, means. The code is AWS's own name for it. */
export function classify(error: unknown): { kind: ProblemKind; code: string; message: string } {
  const { name, message, status, system } = readError(error)
  const known = byCode[name] ?? byCode[name.replace(/^.*#/, '')]
  if (known) return { kind: known, code: name, message }
  if (notThere.test(message) || status === 501) return { kind: 'unsupported', code: name, message }
  if (noConnection.test(system) || noConnection.test(message))
    return { kind: 'unavailable', code: system || name, message }
  if (status === 429) return { kind: 'throttled', code: name, message }
  // A 404 that no service gave a name of its own: the endpoint knows no such path or target.
  if (status === 404 || status === 405) return { kind: 'unsupported', code: name, message }
  if (status !== null && status >= 500) return { kind: 'unavailable', code: name, message }
  if (status === 401 || status === 403) return { kind: 'denied', code: name, message }
  return { kind: 'unexpected', code: name, message }
}

function readError(error: unknown) {
  if (!(error instanceof Error))
    return { name: 'unknown', message: String(error), status: null, system: '' }
  const metadata =
    '$metadata' in error && typeof error.$metadata === 'object' && error.$metadata !== null
      ? error.$metadata
      : {}
  const status =
    'httpStatusCode' in metadata && typeof metadata.httpStatusCode === 'number'
      ? metadata.httpStatusCode
      : null
  const system = 'code' in error && typeof error.code === 'string' ? error.code : ''
  return { name: error.name, message: error.message, status, system }
}

/**
 * Tells whether a refusal is about the caller rather than about one key: then every other key of
 * the account will refuse the same way. AWS says which policy it was at the end of its message.
 */
export function isAccountWideDenial(message: string): boolean {
  return /identity-based policy|service control policy|permissions boundary|session policy|VPC endpoint policy/i.test(
    message,
  )
}
