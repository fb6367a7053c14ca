import { readFile } from 'node:fs/promises'
import path from 'node:path'

export interface ReadFile {
  file: string
  text: string | null
  failure: string | null
}

/** npm runs scripts in the folder of package.json; people name files from where they stand. */
const startFolder = process.env.INIT_CWD ?? process.cwd()

/**
 * The files in the order given; `-` is stdin. What cannot be read is said on stderr by the caller.
 */
export async function readFiles(files: readonly string[]): Promise<ReadFile[]> {
  const read: ReadFile[] = []
  for (const file of files) {
    try {
      read.push({
        file,
        text: stripMark(
          file === '-'
            ? await readStdin()
            : await readFile(path.resolve(startFolder, file), 'utf8'),
        ),
        failure: null,
      })
    } catch (error) {
      read.push({
        file,
        text: null,
        failure: error instanceof Error ? error.message : String(error),
      })
    }
  }
  return read
}

async function readStdin(): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).toString('utf8')
}

/** Editors on Windows put a byte order mark in front, which is no part of the policy. */
function stripMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text
}
