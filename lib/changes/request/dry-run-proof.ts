import 'server-only'
import {
  DescribeKeyCommand,
  EncryptCommand,
  ListKeysCommand,
  type KMSClient,
} from '@aws-sdk/client-kms'
import { callAws, type CallPlace } from '../../aws/call'
import { openKms } from '../../aws/clients'
import { isAwsEndpoint, kmsEndpointOf } from '../../aws/endpoint'
import { AwsProblem } from '../../aws/errors'
import { env } from '../../env'
import { findBreach } from './dry-run-breach'
import { sayMoment } from '../kinds/shared/moment'

type Verdict = 'proven' | 'disproven' | 'unproven'

/** An emulator can be exchanged for another at the same address. */
const keepMs: Readonly<Record<Verdict, number>> = {
  proven: 10 * 60_000,
  disproven: 10 * 60_000,
  unproven: 60_000,
}
const verdicts = new Map<string, { verdict: Promise<Verdict>; until: number }>()

/** Own keys to look at for one that can encrypt. */
const mostKeys = 10
const deadlineMs = 5_000

/**
 * Returns why nothing can be tried out by DryRun in a Region, in words; null: it can. Other servers
 * than AWS's that speak its protocol may do what a dry run only asks about, so that it is asked of
 * them only once they are known to honour it. `keyArn`: the key the change is about.
 */
export async function whyNoDryRun(region: string, keyArn: string | null): Promise<string | null> {
  const endpoint = await kmsEndpointOf(region)
  const breach = await findBreach(endpoint)
  if (breach) {
    const at = sayMoment(breach.at.toISOString())
    return `${endpoint} carried out ${breach.api} on ${at} although it was a dry run.`
  }
  if (isAwsEndpoint(endpoint) || env().CLAVIGER_DRY_RUN === 'honoured') return null
  const verdict = await prove(endpoint, region, keyArn)
  if (verdict === 'proven') return null
  if (verdict === 'disproven')
    return `${endpoint} does not honour DryRun: it would change something.`
  return (
    `${endpoint} is not an endpoint of AWS, and whether it honours DryRun is not known. ` +
    'CLAVIGER_DRY_RUN=honoured states it.'
  )
}

/** One proof at a time for an endpoint, kept for a while. */
async function prove(endpoint: string, region: string, keyArn: string | null): Promise<Verdict> {
  const known = verdicts.get(endpoint)
  if (known && known.until > Date.now()) return known.verdict
  const entry = { verdict: tryEncrypt(region, keyArn), until: Date.now() + keepMs.unproven }
  verdicts.set(endpoint, entry)
  const verdict = await entry.verdict
  entry.until = Date.now() + keepMs[verdict]
  return verdict
}

/**
 * Asks for a dry run of Encrypt with this process's own credentials: it changes nothing even where
 * the DryRun is ignored, and then answers with a ciphertext.
 */
async function tryEncrypt(region: string, keyArn: string | null): Promise<Verdict> {
  const kms = openKms({ roleArn: null, region, externalId: '' })
  const place = { accountId: 'own', region, deadlineMs }
  const own = await findOwnKey(kms, place)
  for (const KeyId of [own, keyArn]) {
    if (KeyId === null) continue
    const command = new EncryptCommand({ KeyId, Plaintext: new Uint8Array(1), DryRun: true })
    try {
      const { CiphertextBlob } = await callAws(place, 'kms:Encrypt', () => kms.send(command))
      if (CiphertextBlob) return 'disproven'
    } catch (error) {
      if (!(error instanceof AwsProblem)) throw error
      if (error.code === 'DryRunOperationException') return 'proven'
    }
  }
  return 'unproven'
}

/**
 * A key of the account that this process runs in; null where it has none that encrypts, or cannot
 * look.
 */
async function findOwnKey(kms: KMSClient, place: CallPlace): Promise<string | null> {
  try {
    const { Keys = [] } = await callAws(place, 'kms:ListKeys', () =>
      kms.send(new ListKeysCommand({ Limit: mostKeys })),
    )
    for (const { KeyArn: KeyId } of Keys) {
      const { KeyMetadata: key } = await callAws(place, 'kms:DescribeKey', () =>
        kms.send(new DescribeKeyCommand({ KeyId })),
      )
      const encrypts = key?.KeyUsage === 'ENCRYPT_DECRYPT' && key.KeySpec === 'SYMMETRIC_DEFAULT'
      if (encrypts && key.KeyState === 'Enabled' && key.KeyManager !== 'AWS') return key.Arn ?? null
    }
    return null
  } catch (error) {
    if (error instanceof AwsProblem) return null
    throw error
  }
}
