import { own } from '../../own'

/** What to do about the problems that the grammar finds. */
const fixes: Readonly<Record<string, string>> = {
  JSON_SYNTAX_ERROR: 'Correct the JSON at this place.',
  DATA_TYPE_MISMATCH: 'Write a value of the type that stands in the message.',
  DUPLICATE_ELEMENT: 'Keep one of the two.',
  INVALID_POLICY_ELEMENT: 'Remove the element, or correct its name.',
  INVALID_VERSION: 'Write "Version": "2012-10-17".',
  MISSING_STATEMENT: 'Add a Statement.',
  UNIQUE_SIDS_REQUIRED: 'Give each statement a Sid of its own.',
  UNSUPPORTED_EFFECT: 'Write a Deny, with conditions that spare those who may.',
  POLICY_SIZE_EXCEEDED:
    'Shorten the policy: join statements, use wildcards in actions, or use grants for single principals.',
  INVALID_CHARACTER: 'Replace the character by one up to U+00FF.',
  MISSING_EFFECT: 'Add "Effect": "Allow" or "Effect": "Deny".',
  INVALID_EFFECT: 'Write "Allow" or "Deny".',
  MISSING_PRINCIPAL: 'Add a Principal: whom the statement is about.',
  MISSING_ACTION: 'Add an Action.',
  MISSING_RESOURCE: 'Add a Resource.',
  UNSUPPORTED_SID: 'Use letters and digits only.',
  UNSUPPORTED_PRINCIPAL:
    'Remove the element: whom the policy binds follows from what it is attached to.',
  SCP_SYNTAX_ERROR_PRINCIPAL:
    'Remove the element: an SCP binds all principals of the accounts it is attached to.',
  UNSUPPORTED_ELEMENT_COMBINATION: 'Keep one of the two elements.',
  VARIABLE_UNSUPPORTED_IN_ELEMENT: 'Write the value out.',
  VARIABLE_UNSUPPORTED_IN_VERSION: 'Write "Version": "2012-10-17".',
  INVALID_ACTION: 'Write service and action, as in "kms:Decrypt".',
  INVALID_ARN_PREFIX: 'Write an ARN, which begins with "arn:", or "*".',
  INVALID_PRINCIPAL_FORMAT:
    'Write the ARN of an account, user, role or session, or an account of 12 digits.',
  INVALID_PRINCIPAL_KEY: 'Write AWS, Service, Federated or CanonicalUser.',
  UNSUPPORTED_WILDCARD_IN_PRINCIPAL:
    'Name principals in full, or write "*" and choose among them by a condition on aws:PrincipalArn.',
  INVALID_SERVICE_PRINCIPAL_FORMAT:
    'Write the service\'s principal, as in "logs.eu-west-1.amazonaws.com".',
  INVALID_PARTITION: 'Write aws, aws-cn or aws-us-gov.',
  ARN_REGION_NOT_ALLOWED: 'Leave the Region empty, as in "arn:aws:iam::111122223333:role/app".',
  INVALID_ARN_ACCOUNT: 'Write the 12 digits of the account.',
  INVALID_CONDITION_OPERATOR: 'Use one of IAM\'s condition operators, as in "StringEquals".',
  NULL_WITH_IF_EXISTS: 'Write "Null".',
  DUPLICATE_KEYS_WITH_DIFFERENT_CASE: 'Join the values under one spelling.',
  INVALID_CONDITION_KEY_FORMAT: 'Write the key with its prefix, as in "aws:PrincipalOrgID".',
  INVALID_CONDITION_MULTIPLE_BOOLEAN: 'Keep one value.',
  INVALID_CONDITION_DATA_TYPE: 'Write a value of the type that the operator compares.',
  INVALID_VARIABLE_FOR_OPERATOR: 'Write the value out, or use a String or Arn operator.',
  MISSING_BRACE_IN_VARIABLE: 'Close the variable with "}".',
  EMPTY_VARIABLE: 'Name a condition key between the braces.',
  UNSUPPORTED_SPACE_IN_VARIABLE: 'Remove the spaces.',
  MISSING_QUOTE_IN_VARIABLE: 'Put the default value in single quotes.',
}

export function fixOf(code: string): string {
  return own(fixes, code) ?? 'Correct it as the message says.'
}
