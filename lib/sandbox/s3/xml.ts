import type { Input, Json } from '../call'
import { escapeXml } from '../wire/xml'

const namespace = 'http://s3.amazonaws.com/doc/2006-03-01/'

/** What S3 repeats under its own name, without a list around it. */
const flat = new Set(['Contents', 'CommonPrefixes'])
const itemNames: Record<string, string> = { Buckets: 'Bucket' }

/** An answer of S3: members as elements, under the name that the operation's answer has. */
export function writeS3Xml(root: string, output: Input): string {
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="${namespace}">` +
    `${members(output)}</${root}>`
  )
}

function members(value: Input): string {
  return Object.entries(value)
    .map(([name, member]) => (member === undefined || member === null ? '' : element(name, member)))
    .join('')
}

function element(name: string, value: Json): string {
  if (Array.isArray(value)) {
    if (flat.has(name)) return value.map((item) => element(name, item)).join('')
    const item = itemNames[name] ?? 'member'
    return `<${name}>${value.map((one) => element(item, one)).join('')}</${name}>`
  }
  if (value !== null && typeof value === 'object') return `<${name}>${members(value)}</${name}>`
  return `<${name}>${escapeXml(String(value))}</${name}>`
}

/** The text of an element in a request's body; undefined where there is none. */
export function readElement(body: Buffer | undefined, name: string): string | undefined {
  const found = new RegExp(`<${name}>\\s*([^<]*?)\\s*</${name}>`).exec(body?.toString('utf8') ?? '')
  return found?.[1]
}
