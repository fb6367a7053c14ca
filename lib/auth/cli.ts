// npm run admin -- grant <e-mail> | revoke <e-mail> | list. Whoever may run it
// may read the database anyway.
import { closeDatabase } from '../db/client'
import { listAdministrators } from './actor'
import { grantAdmin, revokeAdmin } from './admin-by-hand'

async function run([command, email]: string[]): Promise<string> {
  if (command === 'list')
    return (
      (await listAdministrators())
        .map(({ name, email: address }) => `${address}  ${name}`)
        .join('\n') || 'Nobody administers this installation.'
    )
  if ((command === 'grant' || command === 'revoke') && email)
    return command === 'grant' ? grantAdmin(email) : revokeAdmin(email)
  throw new Error('Usage: npm run admin -- grant <e-mail> | revoke <e-mail> | list')
}

try {
  console.log(await run(process.argv.slice(2)))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
} finally {
  await closeDatabase()
}
