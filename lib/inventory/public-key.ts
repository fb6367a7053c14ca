import 'server-only'
import { GetPublicKeyCommand } from '@aws-sdk/client-kms'
import { callAws } from '../aws/call'
import { openKms } from '../aws/clients'
import { AwsProblem, toAppError } from '../aws/errors'
import type { Permit } from '../auth/permit'
import { db } from '../db/client'
import { requireSetting } from '../env'
import { AppError } from '../errors'
import { publicKeyApplies } from './applies'
import { getKeyRow, type KeyPlace } from './read'

export type PublicKeyText = { pem: string; algorithms: string[]; readAt: string }

/** Time a page may wait for AWS. */
const patienceMs = 15_000

/**
 * The public half of an asymmetric key. Read from AWS by the account's read role the first time,
 * kept since it never changes.
 * @throws AppError invalid for a symmetric key, aws_denied when the read role may not
 *   GetPublicKey, aws_* otherwise.
 */
export async function getPublicKey(
  permit: Permit<'keys.read'>,
  place: KeyPlace,
): Promise<PublicKeyText & { der: Uint8Array }> {
  const key = await getKeyRow(permit, place)
  const applies = publicKeyApplies(key)
  if (applies.applies !== 'yes') throw new AppError('invalid', applies.why)
  const kept =
    (await db.publicKey.findUnique({ where: { keyArn: key.arn } })) ??
    (await readFromAws(key.arn, place))
  return {
    der: kept.der,
    pem: toPem(kept.der),
    algorithms: kept.algorithms,
    readAt: kept.readAt.toISOString(),
  }
}

async function readFromAws(keyArn: string, { accountId, region }: KeyPlace) {
  const { readRoleArn } = await db.account.findUniqueOrThrow({
    where: { id: accountId },
    select: { readRoleArn: true },
  })
  const kms = openKms({
    roleArn: readRoleArn,
    region,
    externalId: requireSetting('CLAVIGER_EXTERNAL_ID'),
  })
  const call = { accountId, region, deadlineMs: patienceMs }
  const answer = await callAws(call, 'kms:GetPublicKey', () =>
    kms.send(new GetPublicKeyCommand({ KeyId: keyArn })),
  ).catch((error: unknown) => {
    throw error instanceof AwsProblem ? toAppError(error) : error
  })
  if (!answer.PublicKey) throw new AppError('aws_unavailable', 'AWS answered without a public key.')
  const algorithms = [
    answer.EncryptionAlgorithms,
    answer.SigningAlgorithms,
    answer.KeyAgreementAlgorithms,
  ].flatMap((list) => list ?? [])
  const row = { der: new Uint8Array(answer.PublicKey), algorithms }
  return db.publicKey.upsert({ where: { keyArn }, create: { keyArn, ...row }, update: row })
}

/** RFC 7468: 64 characters a line. */
const toPem = (der: Uint8Array): string =>
  `-----BEGIN PUBLIC KEY-----\n${(
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  ).join('\n')}\n-----END PUBLIC KEY-----\n`
