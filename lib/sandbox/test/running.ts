import { AthenaClient } from '@aws-sdk/client-athena'
import { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail'
import { IAMClient } from '@aws-sdk/client-iam'
import { KMSClient } from '@aws-sdk/client-kms'
import { S3Client } from '@aws-sdk/client-s3'
import { STSClient } from '@aws-sdk/client-sts'
import { openSandbox } from '../open'
import type { Sandbox, ScenarioOptions } from '../sandbox'
import { startServer } from '../server'

export type Keys = { accessKeyId: string; secretAccessKey: string; sessionToken?: string }

/** A sandbox on a free port and the real SDK's clients for it. Each test file has its own. */
export async function runSandbox(options: Partial<ScenarioOptions> = {}) {
  const sandbox: Sandbox = await openSandbox({
    scenario: 'empty',
    seed: 7,
    // Most tests read a call's record right after it.
    trailDelaySeconds: 0,
    ...options,
  })
  const running = await startServer(sandbox, 0)
  const url = `http://127.0.0.1:${running.port}`
  const settings = (keys: Keys, region: string) => ({
    endpoint: url,
    region,
    credentials: keys,
    maxAttempts: 1,
  })
  return {
    sandbox,
    url,
    close: () => running.close(),
    kms: (keys: Keys, region = 'eu-west-1') => new KMSClient(settings(keys, region)),
    sts: (keys: Keys, region = 'eu-west-1') => new STSClient(settings(keys, region)),
    iam: (keys: Keys) => new IAMClient(settings(keys, 'us-east-1')),
    athena: (keys: Keys, region = 'eu-west-1') => new AthenaClient(settings(keys, region)),
    s3: (keys: Keys, region = 'eu-west-1') => new S3Client(settings(keys, region)),
    cloudTrail: (keys: Keys, region = 'eu-west-1') => new CloudTrailClient(settings(keys, region)),
    control: (method: string, name: string, body?: unknown) => callControl(url, method, name, body),
    trail: (keys: Keys, region = 'eu-west-1') =>
      // Asked more than twice a second it waits, as every reader of a trail must.
      lookupAll(new CloudTrailClient({ ...settings(keys, region), maxAttempts: 8 })),
  }
}

/** The admin of an account, by its number. */
export function adminOf(accountId: string): Keys {
  return { accessKeyId: accountId, secretAccessKey: 'any' }
}

export async function failureOf(
  promise: Promise<unknown>,
): Promise<{ name: string; message: string }> {
  try {
    await promise
  } catch (error) {
    if (error instanceof Error) return { name: error.name, message: error.message }
  }
  throw new Error('It did not fail')
}

async function callControl(
  url: string,
  method: string,
  name: string,
  body: unknown,
): Promise<unknown> {
  const response = await fetch(`${url}/_sandbox/${name}`, {
    method,
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  const answer: unknown = await response.json()
  if (!response.ok) throw new Error(`${method} ${name}: ${JSON.stringify(answer)}`)
  return answer
}

/** Newest first. */
async function lookupAll(client: CloudTrailClient): Promise<Record<string, unknown>[]> {
  const { Events = [] } = await client.send(new LookupEventsCommand({}))
  return Events.map((event) => JSON.parse(event.CloudTrailEvent ?? '{}'))
}
