import type { Scope } from '../../auth/permissions'
import type { Preflight } from '../kinds/preflight'

const arnOf = /arn:aws[\w-]*:\w+:[\w-]*:(\d{12}):[^\s,;"]*[^\s,;":.]/gu

/**
 * Cuts the impact of a change of policy to what this person can know: who asked might have seen the
 * IAM of accounts that they do not see. Of those they are told what stands in the policy itself.
 * Pure.
 */
export function limitImpact(
  preflight: Preflight,
  scope: Scope,
  accountId: string | null,
): Preflight {
  const {
    policyImpact,
    impact: { diff },
  } = preflight
  if (policyImpact === null || scope.all) return preflight
  const isKnown = (arn: string, account: string) =>
    account === accountId ||
    scope.accountIds.includes(account) ||
    [diff?.before, diff?.after].some((text) => text?.includes(`"${arn}"`))
  const sees = (line: string) =>
    [...line.matchAll(arnOf)].every(([arn, account = '']) => isKnown(arn, account))
  const maySee = ({ accountId: id }: { accountId: string }) =>
    id === accountId || scope.accountIds.includes(id)
  const unnamed = <T extends { accountId: string; accountName: string | null }>(
    rows: readonly T[] | undefined,
  ) => rows?.map((row) => (maySee(row) ? row : { ...row, accountName: null }))
  const shown = {
    gains: policyImpact.gains.filter(sees),
    losses: policyImpact.losses.filter(sees),
    refusals: policyImpact.refusals.filter(sees),
    unknown: policyImpact.unknown.filter(sees),
  }
  const count = ({ gains, losses, refusals, unknown }: typeof shown | typeof policyImpact) =>
    gains.length + losses.length + refusals.length + unknown.length
  const hidden = count(policyImpact) - count(shown)
  const left =
    hidden === 0
      ? []
      : [
          'What it means for principals of accounts that you do not see is left out ' +
            `(${hidden} ${hidden === 1 ? 'line' : 'lines'}).`,
        ]
  const outside = {
    latent: unnamed(policyImpact.latent),
    completers: unnamed(policyImpact.completers),
  }
  return {
    ...preflight,
    policyImpact: { ...policyImpact, ...outside, ...shown, unknown: [...shown.unknown, ...left] },
  }
}
