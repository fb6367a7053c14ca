// An OpenID Connect provider on loopback, for the first run and the tests: anyone may be anyone.
// The console knows it only by its issuer address.
import { readArguments, type IdpOptions } from './arguments'
import { keepKeys } from './keys'
import { makeProvider } from './provider'
import { makeServer } from './server'

function start(options: IdpOptions): void {
  const server = makeServer(makeProvider(options, keepKeys(process.env.CLAVIGER_DATA_DIR)), options)
  server.on('error', (error) => {
    console.error(`The identity provider cannot listen on port ${options.port}: ${error.message}`)
    process.exitCode = 1
  })
  server.listen(options.port, '127.0.0.1', () =>
    console.log(`Identity provider ready at ${options.issuer}`),
  )
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(0))
}

try {
  start(readArguments(process.argv.slice(2), process.env))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
