/** Policies as texts: each is one right statement, with what a test changes in it. */
export const root = { AWS: 'arn:aws:iam::111122223333:root' }
export const statement = { Effect: 'Allow', Principal: root, Action: 'kms:*', Resource: '*' }
export const mine = { Effect: 'Allow', Action: 'kms:Decrypt', Resource: '*' }
export const doc = (...Statement: object[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement })
export const keyWith = (more: object): string => doc({ ...statement, ...more })
export const identityWith = (more: object): string => doc({ ...mine, ...more })
export const when = (operator: string, value: unknown, name = 'aws:x'): object => ({
  Condition: { [operator]: { [name]: value } },
})
