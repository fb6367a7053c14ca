import type { AwsError, Input, Json } from '../call'

/** An answer of the query protocol: `<OpResponse><OpResult>…`, lists as `<member>`. */
export function resultXml(operation: string, output: Input, requestId: string, namespace: string): string {
  return `<${operation}Response xmlns="${namespace}"><${operation}Result>${members(output)}</${operation}Result>` +
    `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${operation}Response>`
}

export function errorXml(error: AwsError, requestId: string, namespace: string): string {
  const type = error.status >= 500 ? 'Receiver' : 'Sender'
  return `<ErrorResponse xmlns="${namespace}"><Error><Type>${type}</Type><Code>${error.code}</Code>` +
    `<Message>${escape(error.message)}</Message></Error><RequestId>${requestId}</RequestId></ErrorResponse>`
}

function members(value: Input): string {
  return Object.entries(value).map(([name, member]) => (member === undefined || member === null ? '' : element(name, member))).join('')
}

function element(name: string, value: Json): string {
  if (Array.isArray(value)) return `<${name}>${value.map((item) => element('member', item)).join('')}</${name}>`
  if (value !== null && typeof value === 'object') return `<${name}>${members(value)}</${name}>`
  return `<${name}>${escape(String(value))}</${name}>`
}

function escape(text: string): string {
  return text.replace(/[&<>"\r]/g, (char) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\r': '&#xD;' })[char] ?? char)
}
