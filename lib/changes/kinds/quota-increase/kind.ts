import 'server-only'
import {
  GetAWSDefaultServiceQuotaCommand,
  GetServiceQuotaCommand,
  ListRequestedServiceQuotaChangeHistoryByQuotaCommand,
  RequestServiceQuotaIncreaseCommand,
  type RequestedServiceQuotaChange,
  type ServiceQuota,
} from '@aws-sdk/client-service-quotas'
import { z } from 'zod'
import { allow, serviceRole } from '../../../accounts/write-role'
import { AwsProblem } from '../../../aws/errors'
import { defineKind } from '../define'
import type { AssessFacts, Observation, AwsReader } from '../kind'
import { serviceRoleStatement } from '../shared/service-role'
import { traits } from './traits'

const input = z.object({
  quotaCode: z
    .string()
    .regex(/^L-[0-9A-F]{8}$/, 'A quota’s code is L- and eight letters or digits.'),
  desiredValue: z
    .number('Say a number.')
    .positive('Say a number above zero.')
    .max(1e10, 'That is more than AWS has.'),
})
type Input = z.output<typeof input>

const asked = z.object({
  id: z.string(),
  desiredValue: z.number().nullable(),
  status: z.string(),
  at: z.string().nullable(),
  caseId: z.string().nullable(),
})
const state = z.object({
  name: z.string(),
  value: z.number().nullable(),
  adjustable: z.boolean(),
  /** The newest request for this quota, open or over. */
  latest: asked.nullable(),
})
type State = z.output<typeof state>

/**
 * RequestServiceQuotaIncrease. AWS takes one open request for each quota and refuses the second
 * (lib/kms/README.md, "Quotas"), so the history of requests says whether ours arrived.
 */
export const quotaIncrease = defineKind<Input, State>({
  traits,
  where: 'aws',
  input,
  state,
  settleSeconds: 30,
  role: {
    feature: 'quotas',
    statements: [
      allow('Quotas', ['servicequotas:RequestServiceQuotaIncrease'], {
        StringEqualsIfExists: { 'servicequotas:service': 'kms' },
      }),
      serviceRole('QuotasRole', 'servicequotas.amazonaws.com'),
    ],
  },
  sessionPolicy: ({ place: { partition, region, accountId }, input: { quotaCode } }) => [
    {
      Effect: 'Allow',
      Action: ['servicequotas:RequestServiceQuotaIncrease'],
      Resource: [`arn:${partition}:servicequotas:${region}:${accountId}:kms/${quotaCode}`],
      Condition: { StringEqualsIfExists: { 'servicequotas:service': 'kms' } },
    },
    serviceRoleStatement('servicequotas.amazonaws.com'),
  ],
  calls: () => [],
  read: (read, { input: { quotaCode } }) => readState(read, quotaCode),
  refuse: ({ name, value, adjustable, latest }, { input: { desiredValue } }) => {
    if (!adjustable) return `AWS does not raise "${name}".`
    if (value !== null && desiredValue <= value)
      return `"${name}" is ${value} already. AWS lowers no quota this way.`
    return latest && isOpen(latest.status)
      ? `A request for ${latest.desiredValue ?? 'another value'} is open at AWS since ` +
          `${latest.at ?? 'an unknown time'} (${latest.status}).`
      : null
  },
  risk: () => ({ risk: 'low', reasons: ['AWS decides. A higher quota costs nothing by itself.'] }),
  title: ({ input: { quotaCode, desiredValue }, place: { region } }) =>
    `Ask AWS for ${desiredValue} of quota ${quotaCode} in ${region}`,
  impact: ({ name, value }, { input: { desiredValue }, place: { region } }) => ({
    effects: [
      `AWS is asked to raise "${name}" in ${region} from ${value ?? 'an unknown value'} to ` +
        `${desiredValue}. AWS may answer in minutes or by a support case.`,
    ],
    warnings: ['Once raised, a quota is lowered again only by a support case.'],
  }),
  assess: judgeIncrease,
  async act(write, { input: { quotaCode, desiredValue } }) {
    const call = new RequestServiceQuotaIncreaseCommand({
      ServiceCode: 'kms',
      QuotaCode: quotaCode,
      DesiredValue: desiredValue,
    })
    const { RequestedQuota } = await write.quotas(
      'servicequotas:RequestServiceQuotaIncrease',
      (quotas) => quotas.send(call),
    )
    return toOutcome(RequestedQuota ? toAsked(RequestedQuota) : null)
  },
})

function judgeIncrease({
  about: {
    input: { desiredValue },
  },
  state: { value, latest },
  baseline,
  sends,
}: AssessFacts<Input, State>): Observation {
  const isNew = latest !== null && latest.id !== baseline.latest?.id
  if (isNew && latest.desiredValue === desiredValue && (sends > 0 || isOpen(latest.status)))
    return { is: 'done', outcome: toOutcome(latest), already: sends === 0 }
  if (value !== null && value >= desiredValue)
    return { is: 'done', outcome: { value }, already: sends === 0 }
  if (latest && isOpen(latest.status))
    return {
      is: 'drifted',
      words:
        `Somebody else has asked AWS for ${latest.desiredValue ?? 'another value'} ` +
        'meanwhile; AWS takes one request at a time.',
    }
  return { is: 'ready' }
}

const isOpen = (status: string): boolean => status === 'PENDING' || status === 'CASE_OPENED'
const toOutcome = (latest: State['latest']) => ({
  quotaRequestId: latest?.id ?? null,
  status: latest?.status ?? null,
  caseId: latest?.caseId ?? null,
})

async function readState(read: AwsReader, quotaCode: string): Promise<State> {
  const Quota = await readQuota(read, quotaCode)
  const history: RequestedServiceQuotaChange[] = []
  let NextToken: string | undefined
  do {
    const call = new ListRequestedServiceQuotaChangeHistoryByQuotaCommand({
      ServiceCode: 'kms',
      QuotaCode: quotaCode,
      NextToken,
    })
    const page = await read.quotas(
      'servicequotas:ListRequestedServiceQuotaChangeHistoryByQuota',
      (quotas) => quotas.send(call),
    )
    history.push(...(page.RequestedQuotas ?? []))
    NextToken = page.NextToken
  } while (NextToken !== undefined)
  const [latest] = history.sort((a, b) => (b.Created?.getTime() ?? 0) - (a.Created?.getTime() ?? 0))
  return {
    name: Quota?.QuotaName ?? quotaCode,
    value: Quota?.Value ?? null,
    adjustable: Quota?.Adjustable !== false,
    latest: latest ? toAsked(latest) : null,
  }
}

/**
 * Returns the quota with the value in force: AWS has an applied value only for some quotas, and its
 * default holds for the others (lib/kms/README.md, "Quotas").
 */
async function readQuota(read: AwsReader, QuotaCode: string): Promise<ServiceQuota | undefined> {
  const input = { ServiceCode: 'kms', QuotaCode }
  try {
    return (
      await read.quotas('servicequotas:GetServiceQuota', (quotas) =>
        quotas.send(new GetServiceQuotaCommand(input)),
      )
    ).Quota
  } catch (error) {
    if (!(error instanceof AwsProblem) || error.kind !== 'notFound') throw error
    return (
      await read.quotas('servicequotas:GetAWSDefaultServiceQuota', (quotas) =>
        quotas.send(new GetAWSDefaultServiceQuotaCommand(input)),
      )
    ).Quota
  }
}

function toAsked({
  Id,
  DesiredValue,
  Status,
  Created,
  CaseId,
}: RequestedServiceQuotaChange): z.output<typeof asked> {
  return {
    id: Id ?? 'unknown',
    desiredValue: DesiredValue ?? null,
    status: Status ?? 'unknown',
    at: Created?.toISOString() ?? null,
    caseId: CaseId ?? null,
  }
}
