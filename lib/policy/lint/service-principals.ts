import { services } from './kms'
import { findNearest } from './nearest'

/** First labels of service principals that are no prefix of actions. */
const others = (
  'delivery monitoring ops vpc-flow-logs ecs-tasks edgelambda spotfleet spot ' +
  'config-multiaccountsetup billingreports streams trustedadvisor ' +
  'transitgateway replicator apidestinations pipes scheduler continuousexport cloudhsm mq ' +
  'opensearchservice spotfleet costoptimization ' +
  'resource-explorer-2 member services wellarchitected lakeformation fargate ' +
  'eks-fargate-pods eks-nodegroup batchoperations lambda-insights macie'
).split(' ')
const labels: ReadonlySet<string> = new Set([...services, ...others])

/** How many letters may differ: a short name that is one letter off is as likely another name. */
const mostChanges = 2
const shortest = 5

/**
 * `cloudtrial.amazonaws.com` -> `cloudtrail.amazonaws.com`; null for what is
 * known, or like nothing that is.
 */
export function findMeantService(principal: string): string | null {
  const match = /^([a-z0-9-]+)((?:\.[a-z0-9-]+)*\.amazonaws\.com(?:\.cn)?)$/i.exec(principal)
  const label = match?.[1]?.toLowerCase() ?? ''
  if (label.length < shortest || labels.has(label)) return null
  const meant = findNearest(label, labels, mostChanges)
  if (meant === null || withoutNumber(meant) === withoutNumber(label)) return null
  return `${meant}${match?.[2] ?? ''}`
}

/** Services have a second generation under a new number: the older name is no typo. */
const withoutNumber = (label: string) => label.replace(/-?\d+$/, '')
