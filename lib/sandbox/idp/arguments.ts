import { parseArgs } from 'node:util'

export type IdpOptions = {
  port: number
  issuer: string
  clientId: string
  clientSecret: string
  redirect: string
}

/**
 * The client's secret comes from the environment (OIDC_CLIENT_SECRET), since a process's
 * arguments are everybody's to read.
 * @throws Error in one line that says what is missing or wrong.
 */
export function readArguments(
  argv: readonly string[],
  environment: Record<string, string | undefined>,
): IdpOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      port: { type: 'string', default: '4598' },
      issuer: { type: 'string' },
      'client-id': { type: 'string' },
      redirect: { type: 'string' },
    },
  })
  const port = Number(values.port)
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new Error(`--port ${values.port} is no port`)
  const { 'client-id': clientId, redirect } = values
  const clientSecret = environment.OIDC_CLIENT_SECRET
  if (!clientId || !clientSecret || !redirect)
    throw new Error('The identity provider needs --client-id, --redirect and OIDC_CLIENT_SECRET')
  if (!URL.canParse(redirect)) throw new Error(`--redirect ${redirect} is no address`)
  return {
    port,
    issuer: values.issuer ?? `http://localhost:${port}`,
    clientId,
    clientSecret,
    redirect,
  }
}
