/**
 * Reader and writer of a kind of change on a sandbox over HTTP, without worker and database: for
 * the tests of kinds, and for the bench.
 */
import { KMSClient } from '@aws-sdk/client-kms'
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas'
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts'
import { AwsProblem, toProblem } from '../../aws/errors'
import type { AwsPlan } from '../kinds/define'
import type { DryRunWriter, DryRun, Place, AwsReader, AwsWriter } from '../kinds/kind'

type Keys = { accessKeyId: string; secretAccessKey: string; sessionToken?: string }
export type ReaderAndWriter = {
  read: AwsReader
  write: AwsWriter
  dry: DryRunWriter
  /** The mutating calls that left, in order. */
  sent: string[]
  /** The write session itself, to try what it may not do. */
  session: Keys
}

/** The names of the sandbox's two console roles (lib/sandbox/scenario/console-roles.ts). */
const readRole = 'ClavigerRead'
const writeRole = 'ClavigerWrite'

/**
 * Clients as the executor would make them for this plan: read role, and the write role under the
 * plan's own session policy.
 */
export async function openReaderAndWriter(
  url: string,
  plan: Pick<AwsPlan, 'place' | 'sessionPolicy'>,
  changeId: string,
): Promise<ReaderAndWriter> {
  const { place } = plan
  const host = await hostKeys(url)
  const policy = JSON.stringify({ Version: '2012-10-17', Statement: plan.sessionPolicy() })
  const [reader, session] = await Promise.all([
    assume(url, host, place, { role: readRole, name: 'claviger-read' }),
    assume(url, host, place, { role: writeRole, name: changeId, policy }),
  ])
  return { ...makeReaderAndWriter(url, place, reader, session), session }
}

/** From credentials that are there already. */
function makeReaderAndWriter(
  url: string,
  place: Pick<Place, 'region'>,
  reader: Keys,
  writer: Keys,
): Omit<ReaderAndWriter, 'session'> {
  const sent: string[] = []
  const settings = (credentials: Keys, region: string) => ({
    endpoint: url,
    region,
    credentials,
    maxAttempts: 1,
  })
  const call = async <T>(api: string, send: () => Promise<T>): Promise<T> => {
    try {
      return await send()
    } catch (error) {
      throw toProblem(error, api)
    }
  }
  return {
    sent,
    read: {
      kms: (api, send, region = place.region) =>
        call(api, () => send(new KMSClient(settings(reader, region)))),
      quotas: (api, send) =>
        call(api, () => send(new ServiceQuotasClient(settings(reader, place.region)))),
    },
    write: {
      async kms(api, send, { region = place.region, recheck } = {}) {
        await recheck?.()
        sent.push(api)
        return call(api, () => send(new KMSClient(settings(writer, region))))
      },
      async quotas(api, send) {
        sent.push(api)
        return call(api, () => send(new ServiceQuotasClient(settings(writer, place.region))))
      },
    },
    dry: {
      kms: (api, send) =>
        dryRun(api, () => call(api, () => send(new KMSClient(settings(writer, place.region))))),
    },
  }
}

async function dryRun(api: string, send: () => Promise<unknown>): Promise<DryRun> {
  try {
    await send()
    throw new Error(`${api} was sent without DryRun`)
  } catch (error) {
    if (!(error instanceof AwsProblem)) throw error
    const { code, message } = error
    return {
      would: code === 'DryRunOperationException' ? 'succeed' : 'fail',
      api,
      code,
      words: message,
    }
  }
}

/** What the console itself runs as, as the scenario made it. */
async function hostKeys(url: string): Promise<Keys> {
  const response = await fetch(`${url}/_sandbox/credentials`)
  const known: unknown = await response.json()
  for (const entry of Array.isArray(known) ? known : []) {
    const { arn, accessKeyId, secretAccessKey }: Record<string, unknown> = entry
    if (typeof arn !== 'string' || !arn.endsWith(':user/claviger-host')) continue
    if (typeof accessKeyId === 'string' && typeof secretAccessKey === 'string')
      return { accessKeyId, secretAccessKey }
  }
  throw new Error('the scenario has no claviger-host')
}

type Session = { role: string; name: string; policy?: string }

async function assume(
  url: string,
  host: Keys,
  place: Pick<Place, 'accountId' | 'region'>,
  { role, name, policy }: Session,
): Promise<Keys> {
  const sts = new STSClient({
    endpoint: url,
    region: place.region,
    credentials: host,
    maxAttempts: 1,
  })
  const { Credentials: given } = await sts.send(
    new AssumeRoleCommand({
      RoleArn: `arn:aws:iam::${place.accountId}:role/${role}`,
      RoleSessionName: name,
      Policy: policy,
      ...(policy === undefined ? {} : { SourceIdentity: 'test-person' }),
    }),
  )
  if (!given?.AccessKeyId || !given.SecretAccessKey || !given.SessionToken)
    throw new Error('AssumeRole answered without credentials')
  return {
    accessKeyId: given.AccessKeyId,
    secretAccessKey: given.SecretAccessKey,
    sessionToken: given.SessionToken,
  }
}
