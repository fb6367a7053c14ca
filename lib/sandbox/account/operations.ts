import { AwsError, type Call, type Operations } from '../call'
import { openAccount } from '../accounts'
import { authorizeService } from '../authz/authorize'
import { readText, readTexts } from '../kms/read-input'
import { page } from '../paging'
import type { Account } from '../world'

/**
 * Account Management: ListRegions of the own account, or of a member by `AccountId` from the
 * management account. https://docs.aws.amazon.com/accounts/latest/reference/API_ListRegions.html
 */
export const accountOperations: Operations = {
  ListRegions: (call, input) => {
    const account = enter(call, readText(input, 'AccountId'))
    const wanted = readTexts(input, 'RegionOptStatusContains')
    const regions = [...account.regions.values()].filter(
      (region) => wanted.length === 0 || wanted.includes(region.optStatus),
    )
    const found = page(call, regions, {
      limit: input.MaxResults,
      default: 50,
      max: 50,
      marker: input.NextToken,
      key: (region) => region.name,
      limitName: 'maxResults',
      invalidMarker: 'ValidationException',
    })
    const Regions = found.items.map((region) => ({
      RegionName: region.name,
      RegionOptStatus: region.optStatus,
    }))
    return found.next === undefined ? { Regions } : { Regions, NextToken: found.next }
  },
}

function enter(call: Call, accountId: string | undefined): Account {
  const { organization } = call.world
  const own = call.caller.accountId
  if (accountId === undefined || (accountId === own && own !== organization?.managementAccountId)) {
    authorizeService(call, {
      action: 'account:ListRegions',
      resourceArn: `arn:aws:account::${own}:account`,
    })
    return openAccount(call.world, own)
  }
  const mayLook =
    own === organization?.managementAccountId ||
    organization?.delegatedAdministrators?.includes(own)
  const member = organization?.parentOf.has(accountId)
    ? call.world.accounts.get(accountId)
    : undefined
  const resourceArn =
    `arn:aws:account::${organization?.managementAccountId ?? own}:account/` +
    `${organization?.id ?? 'o-none'}/${accountId}`
  authorizeService(call, { action: 'account:ListRegions', resourceArn })
  // AWS refuses the management account's own id here: it must leave AccountId out.
  if (mayLook && member && accountId !== organization?.managementAccountId) return member
  throw new AwsError(
    'AccessDeniedException',
    `User: ${call.caller.arn} is not authorized to perform: account:ListRegions on resource: ${resourceArn}`,
    403,
  )
}
