import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'

/** CloudTrail's own folders of digests stand beside those of its log files. */
const isLogFile = (file: string) =>
  /\.json(?:\.gz)?$/i.test(file) && !file.split(path.sep).includes('CloudTrail-Digest')

/**
 * Lists the files that paths name: a file as it is called, of a folder every .json and .json.gz below
 * it, digests left out. A path that is not there is listed too, so that reading it says so.
 */
export async function findLogFiles(paths: readonly string[]): Promise<string[]> {
  const lists = await Promise.all(
    paths.map(async (one) => {
      const found = await stat(one).catch(() => null)
      if (!found?.isDirectory()) return [one]
      const below = await readdir(one, { recursive: true, withFileTypes: true })
      return below
        .filter((entry) => entry.isFile())
        .map((entry) => path.join(entry.parentPath, entry.name))
        .filter(isLogFile)
        .sort()
    }),
  )
  return [...new Set(lists.flat())]
}
