import 'server-only'
import { ListResourceTagsCommand } from '@aws-sdk/client-kms'
import { z } from 'zod'
import type { Place, AwsReader } from '../kind'
import { describeKey, keyArnOf } from './describe'
import { blockedBy } from './state-table'

/**
 * By it a key of ours is found again when the answer to CreateKey was lost;
 * nobody else sets or takes it.
 */
export const changeTag = 'claviger:change'
/** On one key (lib/kms/README.md, "Calls and errors"). */
export const mostTags = 50

const letters = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u
export const tagKey = z
  .string()
  .min(1, 'Name the tag.')
  .max(128, 'A tag key has at most 128 characters.')
  .regex(letters, 'A tag key has letters, digits, spaces and _ . : / = + - @.')
  .refine(
    (name) => !name.toLowerCase().startsWith('aws:'),
    'Tags that begin with aws: are AWS’s own.',
  )
  .refine((name) => name !== changeTag, `${changeTag} is Claviger’s own mark.`)
export const tagValue = z
  .string()
  .max(256, 'A tag value has at most 256 characters.')
  .regex(letters, 'A tag value has letters, digits, spaces and _ . : / = + - @.')

/** With room for our own. */
export const tagsOfNewKey = z
  .record(tagKey, tagValue)
  .default({})
  .refine(
    (tags) => Object.keys(tags).length < mostTags,
    `A key has at most ${mostTags} tags, one of them Claviger’s mark.`,
  )

export const tagsState = z.object({
  keyManager: z.string(),
  blockedBy: z.string().nullable(),
  /** The tags the change is about, as they are: null where there is none. */
  values: z.record(z.string(), z.string().nullable()),
  /** Setting them would go over AWS's limit. */
  tooMany: z.boolean(),
})
export type TagsState = z.output<typeof tagsState>

/** Reads only the tags asked about: a change of another tag invalidates nothing. Throws AwsProblem. */
export async function readTags(
  read: AwsReader,
  place: Place,
  names: readonly string[],
): Promise<TagsState> {
  const { KeyManager = 'unknown', KeyState = 'unknown' } = await describeKey(read, place)
  const tags = await listTags(read, keyArnOf(place))
  return {
    keyManager: KeyManager,
    blockedBy: blockedBy('TagResource', KeyState),
    values: Object.fromEntries([...names].sort().map((name) => [name, tags.get(name) ?? null])),
    tooMany: new Set([...tags.keys(), ...names]).size > mostTags,
  }
}

/** Returns all tags of a key, page by page. Throws AwsProblem. */
export async function listTags(
  read: AwsReader,
  keyArn: string,
  region?: string,
): Promise<Map<string, string>> {
  const tags = new Map<string, string>()
  let Marker: string | undefined
  do {
    const call = new ListResourceTagsCommand({ KeyId: keyArn, Marker })
    const page = await read.kms('kms:ListResourceTags', (kms) => kms.send(call), region)
    for (const { TagKey, TagValue } of page.Tags ?? [])
      if (TagKey !== undefined) tags.set(TagKey, TagValue ?? '')
    Marker = page.Truncated ? page.NextMarker : undefined
  } while (Marker !== undefined)
  return tags
}

export function sayTag(name: string, value: string | null): string {
  if (value === null) return `${name} is not set`
  return value === '' ? `${name} is empty` : `${name} = ${value}`
}

export const abacWarning =
  'Policies that allow or deny by tag (aws:ResourceTag) judge this key anew within about five minutes.'

/** STS takes 2,048 characters of session policy: very many names are not named there. */
const mostCharacters = 1_000

/** Returns the condition of a session policy that lets no other tag through than these. */
export function tagKeysCondition(
  names: readonly string[],
): Record<string, Record<string, readonly string[]>> {
  return JSON.stringify(names).length > mostCharacters
    ? {}
    : { 'ForAllValues:StringEquals': { 'aws:TagKeys': names } }
}

/**
 * Returns the condition keys of a call that makes a key with these tags and the mark of its change.
 */
export function contextOfNewTags(
  changeId: string,
  tags: Readonly<Record<string, string>>,
): Record<string, string | string[]> {
  const all = { ...tags, [changeTag]: changeId }
  const named = Object.entries(all).map(([name, value]) => [`aws:RequestTag/${name}`, value])
  return { 'aws:TagKeys': Object.keys(all), ...Object.fromEntries(named) }
}
