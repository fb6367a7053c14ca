import { KMSClient } from '@aws-sdk/client-kms'
import { setTimeout as sleep } from 'node:timers/promises'
import type { AccessCall, Target } from './access-calls'

export type Credentials = {
  arn: string
  accountId: string
  accessKeyId: string
  secretAccessKey: string
  /** Of a role session: what STS was given. */
  session?: {
    roleArn: string
    token: string
    policies: readonly string[]
    tags: Readonly<Record<string, string>>
  }
}
export type Asked = { principal: Credentials; call: AccessCall; target: Target }
/**
 * What AWS does: which action it refused, or none. `answered`: without an
 * error, so perhaps with an effect.
 */
export type Real = { refused: string | null; answered: boolean; said: string }

const clients = new Map<string, KMSClient>()

/** One client per principal and Region, as an application has one. */
function clientOf(
  endpoint: string,
  { arn, accessKeyId, secretAccessKey, session }: Credentials,
  region: string,
): KMSClient {
  const name = `${arn} ${region}`
  const credentials = { accessKeyId, secretAccessKey, sessionToken: session?.token }
  const client =
    clients.get(name) ?? new KMSClient({ endpoint, region, credentials, maxAttempts: 1 })
  clients.set(name, client)
  return client
}

export function closeClients(): void {
  for (const client of clients.values()) client.destroy()
}

const isReset = (error: unknown) =>
  error instanceof Error && 'code' in error && error.code === 'ECONNRESET'

/**
 * AccessDenied is a refusal, any other answer an allow: what fails later
 * (state, usage, input) was let in.
 */
export async function askAws(endpoint: string, { principal, call, target }: Asked): Promise<Real> {
  const region = target.arn.split(':')[3] ?? ''
  for (let attempt = 0; ; attempt++) {
    try {
      await call.send(clientOf(endpoint, principal, region), target)
      return { refused: null, answered: true, said: 'ok' }
    } catch (error) {
      const { name, message } =
        error instanceof Error ? error : { name: 'unknown', message: String(error) }
      if (/Throttl/.test(name) && attempt < 50) await sleep(100)
      // The server closed a connection that was idle just as it was to be used again:
      // the request never arrived.
      else if (isReset(error) && attempt < 5) await sleep(50)
      else if (name === 'AccessDeniedException')
        return {
          refused: /to perform: (\S+)/.exec(message)?.[1] ?? call.actions[0] ?? '',
          answered: false,
          said: message,
        }
      // An input that KMS refuses before it asks who may is a fault of the call, and says nothing.
      else if (/validation error detected/.test(message))
        throw new Error(`${call.actions[0]}: ${message}`)
      // Answers of KMS only: a failed connection is no answer, and must not count as an allow.
      else if (/Exception$/.test(name))
        return { refused: null, answered: false, said: `${name}: ${message}` }
      else throw error
    }
  }
}
