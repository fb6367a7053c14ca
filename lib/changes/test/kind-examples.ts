/** The examples of all kinds of change, found by reading the folders of the kinds. */
import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { kindNames, type KindName } from '../kinds/registry'
import type { FaultExample } from './example-faults'
import { isExamples, type KindExamples, type MakeExample } from './examples'

const root = path.join(import.meta.dirname, '../kinds')
const fileOf = (folder: string) => path.join(root, folder, 'test/examples.ts')

/** The folders that hold a kind, whether or not it is registered. */
export const kindFolders: readonly string[] = readdirSync(root)
  .filter((name) => existsSync(path.join(root, name, 'kind.ts')))
  .sort()

/** @throws when a registered kind has no examples, or they are not made by `defineExamples`. */
async function load(name: KindName): Promise<KindExamples> {
  const module: { examples?: unknown } = await import(pathToFileURL(fileOf(name)).href)
  if (!isExamples(module.examples))
    throw new Error(`${fileOf(name)} exports no examples made by defineExamples`)
  return module.examples
}

const loaded = await Promise.all(
  kindNames.map(async (name): Promise<[KindName, KindExamples]> => [name, await load(name)]),
)

export const examples: ReadonlyMap<KindName, MakeExample> = new Map(
  loaded.flatMap(([name, { onSandbox }]): [KindName, MakeExample][] =>
    'none' in onSandbox ? [] : [[name, onSandbox]],
  ),
)
export const faultExamples: ReadonlyMap<KindName, FaultExample> = new Map(
  loaded.flatMap(([name, { underFaults }]): [KindName, FaultExample][] =>
    'none' in underFaults ? [] : [[name, underFaults]],
  ),
)
