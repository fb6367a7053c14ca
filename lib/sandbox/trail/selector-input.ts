import { AwsError, type Input } from '../call'
import { readRecords, readText, readTexts } from '../kms/read-input'
import type {
  AdvancedSelector,
  BasicSelector,
  EventSelectors,
  SelectorField,
  SelectorTest,
} from '../world'

const tests: SelectorTest[] = [
  'Equals',
  'StartsWith',
  'EndsWith',
  'NotEquals',
  'NotStartsWith',
  'NotEndsWith',
]
const fields = new Set([
  'eventCategory',
  'eventSource',
  'eventName',
  'eventType',
  'readOnly',
  'sessionCredentialFromConsole',
])
const sources = new Set(['kms.amazonaws.com', 'rdsdata.amazonaws.com'])

/**
 * Reads what PutEventSelectors is given: basic or advanced selectors, for management events.
 * https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_PutEventSelectors.html
 */
export function readSelectors(input: Input): EventSelectors {
  const basic = readRecords(input, 'EventSelectors')
  const advanced = readRecords(input, 'AdvancedEventSelectors')
  if ((basic.length === 0) === (advanced.length === 0))
    throw invalid('Specify either event selectors or advanced event selectors.')
  if (basic.length > 5) throw invalid('A trail can have at most five event selectors.')
  return basic.length > 0
    ? { kind: 'basic', selectors: basic.map(readBasic) }
    : { kind: 'advanced', selectors: advanced.map(readAdvanced) }
}

function readBasic(selector: Input): BasicSelector {
  const type = readText(selector, 'ReadWriteType') ?? 'All'
  if (type !== 'All' && type !== 'ReadOnly' && type !== 'WriteOnly')
    throw invalid(`${type} is not a valid ReadWriteType.`)
  const excludedSources = readTexts(selector, 'ExcludeManagementEventSources')
  if (!excludedSources.every((source) => sources.has(source)))
    throw invalid('Only kms.amazonaws.com and rdsdata.amazonaws.com can be excluded.')
  const includesManagement = selector.IncludeManagementEvents !== false
  return { readWriteType: type, includesManagement, excludedSources }
}

function readAdvanced(selector: Input): AdvancedSelector {
  const read = readRecords(selector, 'FieldSelectors').map(readField)
  if (!read.some(({ field }) => field === 'eventCategory'))
    throw invalid('A field selector of eventCategory is required.')
  return { name: readText(selector, 'Name') ?? '', fields: read }
}

function readField(selector: Input): SelectorField {
  const field = readText(selector, 'Field') ?? ''
  if (!fields.has(field)) throw invalid(`${field} is not a field of management events.`)
  const given = tests.flatMap((test): [SelectorTest, string[]][] => {
    const values = readTexts(selector, test)
    return values.length === 0 ? [] : [[test, values]]
  })
  if (given.length === 0) throw invalid(`The field selector of ${field} has no condition.`)
  return { field, tests: new Map(given) }
}

const invalid = (message: string) => new AwsError('InvalidEventSelectorsException', message)

export function describeSelectors(selectors: EventSelectors): Input {
  if (selectors.kind === 'advanced') {
    return {
      AdvancedEventSelectors: selectors.selectors.map(({ name, fields: read }) => ({
        Name: name,
        FieldSelectors: read.map(({ field, tests: given }) => ({
          Field: field,
          ...Object.fromEntries(given),
        })),
      })),
    }
  }
  return {
    EventSelectors: selectors.selectors.map((selector) => ({
      ReadWriteType: selector.readWriteType,
      IncludeManagementEvents: selector.includesManagement,
      DataResources: [],
      ExcludeManagementEventSources: selector.excludedSources,
    })),
  }
}

/** Whether they differ from those that every trail begins with. */
export function isCustom(selectors: EventSelectors): boolean {
  if (selectors.kind === 'advanced' || selectors.selectors.length !== 1) return true
  const [only] = selectors.selectors
  return (
    only?.readWriteType !== 'All' || !only.includesManagement || only.excludedSources.length > 0
  )
}
