import { parseKeyArn } from '../kms/arn'
/**
 * A question as it stands in the address of the Ask page: all of it, so
 * that the link is the question.
 */
export type AskedQuestion = {
  principal: string
  action: string
  /** ARN */
  key: string
  pairs: readonly (readonly [string, string])[]
  /** s3, or s3.eu-west-1.amazonaws.com */
  via: string
  /** What is not said is not in the request. */
  complete: boolean
}

const pair = 'ec.'

/** Reads a question out of an address; what it does not name is ''. */
export function parseQuestion(search: URLSearchParams): AskedQuestion {
  const pairs = [...search].flatMap(([name, value]): [string, string][] =>
    name.startsWith(pair) && name !== pair ? [[name.slice(pair.length), value]] : [],
  )
  const get = (name: string) => (search.get(name) ?? '').trim()
  return {
    principal: get('principal'),
    action: get('action'),
    key: get('key'),
    pairs,
    via: get('via'),
    complete: search.get('complete') === '1',
  }
}

/** Writes a question as the query of an address, from which parseQuestion reads it back. */
export function formatQuestion({
  principal,
  action,
  key,
  pairs,
  via,
  complete,
}: AskedQuestion): string {
  const search = new URLSearchParams()
  for (const [name, value] of [
    ['principal', principal],
    ['action', action],
    ['key', key],
    ['via', via],
    ['complete', complete ? '1' : ''],
  ] as const)
    if (value.trim() !== '') search.set(name, value.trim())
  for (const [name, value] of pairs) if (name !== '') search.append(`${pair}${name}`, value)
  return search.toString()
}

/**
 * Returns what a question says of its request, as condition keys. A service that calls for somebody
 * says so in two of them.
 */
export function contextOfQuestion({ pairs, via, key }: AskedQuestion): Record<string, string> {
  const region = parseKeyArn(key)?.region ?? ''
  const service = via === '' || via.includes('.') ? via : `${via}.${region}.amazonaws.com`
  return {
    ...Object.fromEntries(pairs.map(([name, value]) => [`kms:EncryptionContext:${name}`, value])),
    ...(service === '' ? {} : { 'kms:ViaService': service, 'aws:ViaAWSService': 'true' }),
  }
}
