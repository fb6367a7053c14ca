import type { Input } from '../call'
import type { TrailEvent, TrailRecord } from '../world'

const ATTRIBUTE_KEYS = [
  'EventId',
  'EventName',
  'ReadOnly',
  'Username',
  'ResourceType',
  'ResourceName',
  'EventSource',
  'AccessKeyId',
] as const
export type Attribute = { key: (typeof ATTRIBUTE_KEYS)[number]; value: string }

export function isAttributeKey(key: string): key is Attribute['key'] {
  return ATTRIBUTE_KEYS.some((known) => known === key)
}

/** An entry of LookupEvents: a few fields beside the record as text. */
export function summarizeEvent(event: TrailEvent): Input {
  const { record } = event
  return {
    EventId: event.eventId,
    EventName: record.eventName,
    ReadOnly: String(record.readOnly),
    AccessKeyId: textAt(record, 'userIdentity', 'accessKeyId'),
    EventTime: Math.floor(event.at / 1000),
    EventSource: record.eventSource,
    Username: findUsername(record),
    Resources: listResources(record).map(({ type, name }) => ({
      ResourceType: type,
      ResourceName: name,
    })),
    CloudTrailEvent: JSON.stringify(record),
  }
}

export function hasAttribute(event: TrailEvent, { key, value }: Attribute): boolean {
  const { record } = event
  switch (key) {
    case 'EventId':
      return event.eventId === value
    case 'EventName':
      return record.eventName === value
    case 'ReadOnly':
      return String(record.readOnly) === value
    case 'EventSource':
      return record.eventSource === value
    case 'AccessKeyId':
      return textAt(record, 'userIdentity', 'accessKeyId') === value
    case 'Username':
      return findUsername(record) === value
    case 'ResourceType':
      return listResources(record).some((resource) => resource.type === value)
    // A key is found by its ARN and by its bare id.
    case 'ResourceName':
      return listResources(record).some(({ name }) => name === value || name.endsWith(`/${value}`))
  }
}

/** The user, or the name of the role session; nobody for services and for foreign accounts. */
function findUsername(record: TrailRecord): string | undefined {
  const user = textAt(record, 'userIdentity', 'userName')
  if (user !== undefined) return user
  const type = textAt(record, 'userIdentity', 'type')
  if (type === 'Root') return 'root'
  return type === 'AssumedRole'
    ? textAt(record, 'userIdentity', 'arn')?.split('/').at(-1)
    : undefined
}

function listResources(record: TrailRecord): { type: string; name: string }[] {
  const { resources } = record
  if (!Array.isArray(resources)) return []
  return resources.flatMap((resource: unknown) => {
    const name = textAt(resource, 'ARN')
    return name === undefined ? [] : [{ type: textAt(resource, 'type') ?? 'AWS::KMS::Key', name }]
  })
}

function textAt(value: unknown, ...path: string[]): string | undefined {
  let at = value
  for (const step of path) {
    if (typeof at !== 'object' || at === null) return undefined
    at = Reflect.get(at, step)
  }
  return typeof at === 'string' ? at : undefined
}
