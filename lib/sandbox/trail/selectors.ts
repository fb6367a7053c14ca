import type { AdvancedSelector, EventSelectors, SelectorTest, Trail, TrailRecord } from '../world'

const everything: EventSelectors = {
  kind: 'basic',
  selectors: [{ readWriteType: 'All', includesManagement: true, excludedSources: [] }],
}

/** What the trail took at a time; Infinity: what it takes now. */
export function selectorsAt({ selections }: Trail, at: number): EventSelectors {
  return (selections.findLast(({ from }) => from <= at) ?? selections[0])?.selectors ?? everything
}

/**
 * Whether a trail takes a management event: any of its selectors must.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-management-events-with-cloudtrail.html
 */
export function selects(selectors: EventSelectors, record: TrailRecord): boolean {
  if (selectors.kind === 'advanced')
    return selectors.selectors.some((selector) => selectsByFields(selector, record))
  return selectors.selectors.some(
    ({ readWriteType, includesManagement, excludedSources }) =>
      includesManagement &&
      (readWriteType === 'All' || record.readOnly === (readWriteType === 'ReadOnly')) &&
      !excludedSources.includes(record.eventSource),
  )
}

function selectsByFields({ fields }: AdvancedSelector, record: TrailRecord): boolean {
  return fields.every(({ field, tests }) => {
    const value = field === 'eventCategory' ? 'Management' : String(record[field] ?? '')
    return [...tests].every(([test, wanted]) => passes(test, value, wanted))
  })
}

function passes(test: SelectorTest, value: string, wanted: string[]): boolean {
  const not = test.startsWith('Not')
  const found = wanted.some((one) => {
    if (test.endsWith('Equals')) return value === one
    return test.endsWith('StartsWith') ? value.startsWith(one) : value.endsWith(one)
  })
  return found !== not
}
