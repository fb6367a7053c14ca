import { AwsError, type Call, type Input } from '../call'
import type { RequestContext } from '../authz/request-context'
import { page } from '../paging'
import { noteKey, permitKey } from './access'
import { findKey } from './identify'
import { readRecords, readText, readTexts } from './read-input'
import { requireState } from './state'
import { refuseManaged } from './managed'

const mostTags = 50

export function tagResource(call: Call, input: Input): Input {
  const tags = readTags(input)
  const found = findKey(call, readText(input, 'KeyId') ?? '')
  noteKey(call, found.key)
  permitKey(call, found, tagContext(tags))
  refuseManaged(found.key)
  requireState(call.operation, found.key)
  const merged = new Map([...found.key.tags, ...tags])
  if (merged.size > mostTags)
    throw new AwsError('LimitExceededException', `A KMS key can have at most ${mostTags} tags.`)
  found.key.tags = merged
  return {}
}

export function untagResource(call: Call, input: Input): Input {
  const names = readTexts(input, 'TagKeys')
  if (names.some(isReserved)) throw reserved()
  const found = findKey(call, readText(input, 'KeyId') ?? '')
  noteKey(call, found.key)
  permitKey(call, found, { 'aws:TagKeys': names })
  refuseManaged(found.key)
  requireState(call.operation, found.key)
  for (const name of names) found.key.tags.delete(name)
  return {}
}

export function listResourceTags(call: Call, input: Input): Input {
  const found = findKey(call, readText(input, 'KeyId') ?? '')
  noteKey(call, found.key)
  permitKey(call, found)
  const tags = page(call, found.key.tags, {
    limit: input.Limit,
    default: 50,
    max: 50,
    marker: input.Marker,
    key: ([name]) => name,
  })
  return {
    Tags: tags.items.map(([TagKey, TagValue]) => ({ TagKey, TagValue })),
    ...(tags.next === undefined ? {} : { NextMarker: tags.next }),
    Truncated: tags.truncated,
  }
}

/** The Tags of a request. Throws TagException for reserved, repeated and too many keys. */
export function readTags(input: Input): Map<string, string> {
  const list = readRecords(input, 'Tags').map(
    (tag) => [readText(tag, 'TagKey') ?? '', readText(tag, 'TagValue') ?? ''] as const,
  )
  if (list.some(([name]) => isReserved(name))) throw reserved()
  const tags = new Map(list)
  if (tags.size < list.length) throw new AwsError('TagException', 'Duplicate tag keys')
  if (tags.size > mostTags) throw tooMany()
  return tags
}

export function tagContext(tags: Map<string, string>): RequestContext {
  if (tags.size === 0) return {}
  const context: RequestContext = { 'aws:TagKeys': [...tags.keys()] }
  for (const [name, value] of tags) context[`aws:RequestTag/${name}`] = value
  return context
}

export const tagList = (tags: Map<string, string>) =>
  [...tags].map(([TagKey, TagValue]) => ({ TagKey, TagValue }))

/** In any case of its letters. */
const isReserved = (name: string) => name.toLowerCase().startsWith('aws:')
const reserved = () => new AwsError('TagException', 'Tags beginning with aws: are reserved')
const tooMany = () => new AwsError('TagException', 'Too many tags')
