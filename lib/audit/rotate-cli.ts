// npm run audit:rotate -- --new FILE [--old FILE] [--dir DIR]
// Exit status: 0 certified, 2 a key or the directory cannot be used.
import 'server-only'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { rotateKey } from './rotate-key'

const usage = `npm run audit:rotate -- --new FILE [--old FILE] [--dir DIR]
  --new FILE  the key that shall sign checkpoints from now on; made where the file is not there
  --old FILE  the key that signed them until now. Default: CLAVIGER_AUDIT_KEY_FILE
  --dir DIR   the directory of the checkpoints. Default: CLAVIGER_AUDIT_CHECKPOINT_DIR`

function rotate({ new: newFile, old, dir }: { new?: string; old?: string; dir?: string }): void {
  if (newFile === undefined) throw new Error(`--new is missing.\n${usage}`)
  const {
    CLAVIGER_AUDIT_KEY_FILE,
    CLAVIGER_AUDIT_CHECKPOINT_DIR,
    CLAVIGER_DATA_DIR = '.claviger',
  } = process.env
  const oldFile = old ?? (CLAVIGER_AUDIT_KEY_FILE || path.join(CLAVIGER_DATA_DIR, 'audit.key'))
  const place =
    dir ?? (CLAVIGER_AUDIT_CHECKPOINT_DIR || path.join(CLAVIGER_DATA_DIR, 'checkpoints'))
  const { oldKeyId, newKeyId, file } = rotateKey(oldFile, newFile, place)
  console.log(
    `Key ${newKeyId} follows key ${oldKeyId}: both signed it in ${file}. Collect that file with the checkpoints.`,
  )
  console.log(
    `Now set CLAVIGER_AUDIT_KEY_FILE=${path.resolve(newFile)} for every web server and ` +
      `worker, and restart them. Keep ${oldFile} until they run.`,
  )
}

try {
  const { values } = parseArgs({
    options: {
      new: { type: 'string' },
      old: { type: 'string' },
      dir: { type: 'string' },
      help: { type: 'boolean' },
    },
  })
  if (values.help) console.log(usage)
  else rotate(values)
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 2
}
