import type { AwsError, Input, Json } from '../call'

/** An answer of the query protocol: `<OpResponse><OpResult>…`, lists as `<member>`. */
export function resultXml(
  operation: string,
  output: Input,
  requestId: string,
  namespace: string,
): string {
  return (
    `<${operation}Response xmlns="${namespace}"><${operation}Result>${members(output)}</${operation}Result>` +
    `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${operation}Response>`
  )
}

export function errorXml(error: AwsError, requestId: string, namespace: string): string {
  const type = error.status >= 500 ? 'Receiver' : 'Sender'
  return (
    `<ErrorResponse xmlns="${namespace}"><Error><Type>${type}</Type><Code>${error.code}</Code>` +
    `<Message>${escapeXml(error.message)}</Message></Error><RequestId>${requestId}</RequestId></ErrorResponse>`
  )
}

/**
 * EC2's own kind: what is asked for right under the response, lists as
 * `<item>`, members in lower case.
 */
export function ec2ResultXml(
  operation: string,
  output: Input,
  requestId: string,
  namespace: string,
): string {
  return (
    `<${operation}Response xmlns="${namespace}"><requestId>${requestId}</requestId>` +
    `${members(output, 'item')}</${operation}Response>`
  )
}

export function ec2ErrorXml(error: AwsError, requestId: string): string {
  return (
    `<Response><Errors><Error><Code>${error.code}</Code>` +
    `<Message>${escapeXml(error.message)}</Message></Error></Errors>` +
    `<RequestID>${requestId}</RequestID></Response>`
  )
}

export function s3ErrorXml(error: AwsError, requestId: string): string {
  return (
    `<Error><Code>${error.code}</Code><Message>${escapeXml(error.message)}</Message>` +
    `<RequestId>${requestId}</RequestId></Error>`
  )
}

function members(value: Input, itemName = 'member'): string {
  return Object.entries(value)
    .map(([name, member]) =>
      member === undefined || member === null ? '' : element(name, member, itemName),
    )
    .join('')
}

function element(name: string, value: Json, itemName: string): string {
  if (Array.isArray(value))
    return `<${name}>${value.map((item) => element(itemName, item, itemName)).join('')}</${name}>`
  if (value !== null && typeof value === 'object')
    return `<${name}>${members(value, itemName)}</${name}>`
  return `<${name}>${escapeXml(String(value))}</${name}>`
}

export function escapeXml(text: string): string {
  return text.replace(
    /[&<>"\r]/g,
    (char) =>
      ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\r': '&#xD;' })[char] ?? char,
  )
}
