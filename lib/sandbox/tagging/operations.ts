import { placeOf } from '../accounts'
import { authorizeService } from '../authz/authorize'
import type { Input, Operations } from '../call'
import { readRecords, readText, readTexts } from '../kms/read-input'
import { page } from '../paging'
import type { Key } from '../world'

/**
 * Resource Groups Tagging API: the tagged KMS keys of the Region, the only resources with tags
 * here.
 */
export const taggingOperations: Operations = {
  GetResources: (call, input) => {
    authorizeService(call, { action: 'tag:GetResources', resourceArn: '*' })
    const types = readTexts(input, 'ResourceTypeFilters')
    const arns = readTexts(input, 'ResourceARNList')
    const filters = readRecords(input, 'TagFilters')
    const keys =
      types.length === 0 || types.includes('kms') || types.includes('kms:key')
        ? [...placeOf(call).state.keys.values()]
        : []
    const asked = keys.filter(
      (key) =>
        key.tags.size > 0 &&
        (arns.length === 0 || arns.includes(key.arn)) &&
        filters.every((filter) => hasTag(key, filter)),
    )
    const found = page(call, asked, {
      limit: input.ResourcesPerPage,
      default: 50,
      max: 100,
      marker: input.PaginationToken || undefined,
      key: (key) => key.arn,
      limitName: 'resourcesPerPage',
      invalidMarker: 'PaginationTokenExpiredException',
      invalidLimit: 'InvalidParameterException',
    })
    return {
      ResourceTagMappingList: found.items.map(describeTags),
      PaginationToken: found.next ?? '',
    }
  },
}

const describeTags = (key: Key): Input => ({
  ResourceARN: key.arn,
  Tags: Array.from(key.tags, ([Key, Value]) => ({ Key, Value })),
})

/** A filter without values asks for the key of the tag alone. */
function hasTag(key: Key, filter: Input): boolean {
  const value = key.tags.get(readText(filter, 'Key') ?? '')
  const values = readTexts(filter, 'Values')
  return value !== undefined && (values.length === 0 || values.includes(value))
}
