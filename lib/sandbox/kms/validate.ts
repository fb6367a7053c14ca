import { AwsError, type Input, type Json } from '../call'
import { inputs, shapes, type Shape } from './model'

const longestBase64 = /^[A-Za-z0-9+/]*={0,2}$/
type Member = { name: string; shape: Shape; required: boolean }
const parsed = new Map<string, Member[]>()

/**
 * AWS's first look at a request: types, then every constraint of the model at once, in one
 * ValidationException ("2 validation errors detected: …"). Says nothing of keys: those come later.
 */
export function validateInput(operation: string, input: Input) {
  const members = inputs[operation]
  if (members === undefined) return
  const faults: string[] = []
  checkMembers(members, input, '', faults)
  if (faults.length === 0) return
  const count = faults.length === 1 ? '1 validation error' : `${faults.length} validation errors`
  throw new AwsError('ValidationException', `${count} detected: ${faults.join('; ')}`)
}

function checkMembers(members: string, input: Input, path: string, faults: string[]) {
  for (const { name, shape, required } of readMembers(members)) {
    const value = input[name]
    const at = `${path}${name.charAt(0).toLowerCase()}${name.slice(1)}`
    if (value !== undefined && value !== null) checkValue(shape, value, at, faults)
    else if (required)
      faults.push(`Value null at '${at}' failed to satisfy constraint: Member must not be null`)
  }
}

function readMembers(members: string) {
  const known = parsed.get(members)
  if (known) return known
  const list = members.split(' ').map((member) => {
    const [name = '', shapeName = ''] = member.split(':')
    const required = shapeName.endsWith('*')
    const shape = shapes[required ? shapeName.slice(0, -1) : shapeName]
    if (!shape) throw new Error(`No shape for ${member}`)
    return { name, shape, required }
  })
  parsed.set(members, list)
  return list
}

function checkValue(shape: Shape, value: Json, at: string, faults: string[]) {
  switch (shape.type) {
    case 'string':
      return checkString(shape, value, at, faults)
    case 'integer':
      if (typeof value !== 'number') throw unreadable(value, 'Integer')
      return checkRange(
        shape,
        Math.trunc(value),
        'value',
        `Value '${Math.trunc(value)}'`,
        at,
        faults,
      )
    case 'blob':
      return checkBlob(shape, value, at, faults)
    case 'boolean':
      if (typeof value !== 'boolean') throw unreadable(value, 'Boolean')
      return
    case 'timestamp':
      if (typeof value !== 'number') throw unreadable(value, 'Timestamp')
      return
    case 'map':
      if (!isRecord(value)) throw unreadable(value, 'Map')
      for (const item of Object.values(value))
        if (typeof item !== 'string') throw unreadable(item ?? null, 'String')
      return
    case 'list':
      return checkList(shape, value, at, faults)
    case 'structure':
      if (!isRecord(value)) throw unreadable(value, 'Structure')
      return checkMembers(shape.members, value, `${at}.`, faults)
  }
}

/** String() would call what the caller's object says its toString is. */
const sayItem = (item: Json) => (typeof item === 'string' ? item : JSON.stringify(item))

function checkString(shape: Shape & { type: 'string' }, value: Json, at: string, faults: string[]) {
  if (typeof value !== 'string') throw unreadable(value, 'String')
  const said = shape.sensitive ? 'Value' : `Value '${value}'`
  if (shape.enum && !shape.enum.includes(value)) {
    faults.push(
      `${said} at '${at}' failed to satisfy constraint: Member must satisfy enum value set: [${shape.enum.join(', ')}]`,
    )
  }
  checkRange(shape, value.length, 'length', said, at, faults)
  if (shape.pattern !== undefined && !new RegExp(`^(?:${shape.pattern})$`).test(value)) {
    faults.push(
      `${said} at '${at}' failed to satisfy constraint: Member must satisfy regular ` +
        `expression pattern: ${shape.pattern}`,
    )
  }
}

function checkBlob(shape: Shape & { type: 'blob' }, value: Json, at: string, faults: string[]) {
  if (typeof value !== 'string' || !longestBase64.test(value)) throw unreadable(value, 'Blob')
  const length = Buffer.byteLength(value, 'base64')
  const said = shape.sensitive
    ? 'Value'
    : `Value 'java.nio.HeapByteBuffer[pos=0 lim=${length} cap=${length}]'`
  checkRange(shape, length, 'length', said, at, faults)
}

function checkList(shape: Shape & { type: 'list' }, value: Json, at: string, faults: string[]) {
  if (!Array.isArray(value)) throw unreadable(value, 'List')
  const member = shapes[shape.member]
  if (!member) throw new Error(`No shape ${shape.member}`)
  checkRange(
    shape,
    value.length,
    'length',
    `Value '[${value.map(sayItem).join(', ')}]'`,
    at,
    faults,
  )
  if (member.type === 'structure') {
    value.forEach((item, index) => checkValue(member, item, `${at}.${index + 1}.member`, faults))
    return
  }
  const inner: string[] = []
  for (const item of value) checkValue(member, item, at, inner)
  const first = inner[0]
  if (first === undefined) return
  const constraints = [...new Set(inner.map((fault) => fault.slice(fault.indexOf('Member must'))))]
  const said = `Value '[${value.map(sayItem).join(', ')}]'`
  faults.push(
    `${said} at '${at}' failed to satisfy constraint: Member must satisfy constraint: [${constraints.join(', ')}]`,
  )
}

function checkRange(
  shape: { min?: number; max?: number },
  size: number,
  what: 'length' | 'value',
  said: string,
  at: string,
  faults: string[],
) {
  const bound = what === 'length' ? 'have length' : 'have value'
  if (shape.min !== undefined && size < shape.min) {
    faults.push(
      `${said} at '${at}' failed to satisfy constraint: Member must ${bound} greater than or equal to ${shape.min}`,
    )
  }
  if (shape.max !== undefined && size > shape.max) {
    faults.push(
      `${said} at '${at}' failed to satisfy constraint: Member must ${bound} less than or equal to ${shape.max}`,
    )
  }
}

const isRecord = (value: Json): value is Input =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * A value of another JSON type than the model's: AWS's deserializer refuses it before validation.
 */
function unreadable(value: Json, wanted: string) {
  if (typeof value === 'object' && value !== null) {
    return new AwsError(
      'SerializationException',
      'Start of structure or map found where not expected.',
    )
  }
  const found =
    typeof value === 'string'
      ? 'STRING_VALUE'
      : typeof value === 'number'
        ? 'NUMBER_VALUE'
        : `${String(value).toUpperCase()}_VALUE`
  return new AwsError(
    'SerializationException',
    `${found} can not be converted to ${wanted === 'Integer' ? 'an' : 'a'} ${wanted}`,
  )
}
