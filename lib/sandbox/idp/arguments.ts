import { parseArgs } from 'node:util'

export type IdpOptions = { port: number; issuer: string; clientId: string; clientSecret: string; redirect: string }

/** @throws Error in one line that says which argument is missing or wrong. */
export function readArguments(argv: readonly string[]): IdpOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: { port: { type: 'string', default: '4598' }, issuer: { type: 'string' }, 'client-id': { type: 'string' }, 'client-secret': { type: 'string' }, redirect: { type: 'string' } },
  })
  const port = Number(values.port)
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new Error(`--port ${values.port} is no port`)
  const { 'client-id': clientId, 'client-secret': clientSecret, redirect } = values
  if (!clientId || !clientSecret || !redirect) throw new Error('The identity provider needs --client-id, --client-secret and --redirect')
  if (!URL.canParse(redirect)) throw new Error(`--redirect ${redirect} is no address`)
  return { port, issuer: values.issuer ?? `http://localhost:${port}`, clientId, clientSecret, redirect }
}
