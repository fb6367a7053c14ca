import { placeOf } from '../accounts'
import { authorizeService } from '../authz/authorize'
import type { Input, Operations } from '../call'
import { readRecords, readText, readTexts } from '../kms/read-input'
import type { RegionState } from '../world'

/**
 * Regions of the account, as tools ask for them before anything else. Without AllRegions
 * only those that are enabled.
 */
export const ec2Operations: Operations = {
  DescribeRegions: (call, input) => {
    authorizeService(call, { action: 'ec2:DescribeRegions', resourceArn: '*' })
    const named = readTexts(input, 'RegionName')
    const all = readText(input, 'AllRegions') === 'true'
    const asked = (region: RegionState) =>
      (all || region.optStatus !== 'DISABLED') &&
      (named.length === 0 || named.includes(region.name))
    const regions = [...placeOf(call).account.regions.values()].filter(asked).map(describeRegion)
    return { regionInfo: regions.filter((region) => passes(region, readFilters(input))) }
  },
}

type Described = { regionName: string; regionEndpoint: string; optInStatus: string }

function describeRegion({ name, optStatus }: RegionState): Described {
  const optInStatus = {
    ENABLED_BY_DEFAULT: 'opt-in-not-required',
    ENABLED: 'opted-in',
    DISABLED: 'not-opted-in',
  }[optStatus]
  return { regionName: name, regionEndpoint: `ec2.${name}.amazonaws.com`, optInStatus }
}

type Filter = { name: string; values: string[] }

const readFilters = (input: Input): Filter[] =>
  readRecords(input, 'Filter').map((filter) => ({
    name: readText(filter, 'Name') ?? '',
    values: readTexts(filter, 'Value'),
  }))

function passes(region: Described, filters: Filter[]): boolean {
  const fields = new Map([
    ['region-name', region.regionName],
    ['endpoint', region.regionEndpoint],
    ['opt-in-status', region.optInStatus],
  ])
  return filters.every(({ name, values }) => values.includes(fields.get(name) ?? ''))
}
