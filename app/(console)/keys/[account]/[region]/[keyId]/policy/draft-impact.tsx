'use client'

import Alert, { type AlertProps } from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Spinner from '@cloudscape-design/components/spinner'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { ReadFailed } from '@/components/failure/read-failed'
import { readJson } from '@/components/shell/read-json'
import { Moment } from '@/components/value/moment'
import { Unknown } from '@/components/value/unknown'
import type { DraftImpact } from '@/lib/drafts/draft-impact'
import type { LockoutVerdict } from '@/lib/drafts/key-administrators'
import { KeyAdministratorsTable } from './key-administrators-table'
import { AccessImpactView } from './access-impact'

type Props = { href: string; draftId: string; savedAt: string; isStale: boolean }

/** What would change if this draft were the policy. Asked again after each save. */
export function DraftImpactView({ href, draftId, savedAt, isStale }: Props) {
  const url = `/api${href}/policy/impact?${new URLSearchParams({ draft: draftId })}`
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: [url, savedAt],
    queryFn: ({ signal }) => readJson<DraftImpact>(url, signal),
    retry: false,
    placeholderData: keepPreviousData,
  })
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={<Inputs data={data} />}
          actions={
            (isFetching || isStale) && (
              <Box color="text-body-secondary">
                <Spinner /> {isStale ? 'of the draft before your last words' : 'weighing'}
              </Box>
            )
          }
        >
          If this draft were the policy
        </Header>
      }
    >
      {error ? (
        <ReadFailed
          header="What it would change could not be worked out"
          message={error.message}
          isRetrying={isFetching}
          onRetry={() => void refetch()}
        />
      ) : data ? (
        <Impact data={data} />
      ) : (
        <Box>
          <Spinner /> Evaluating both policies for every principal
        </Box>
      )}
    </Container>
  )
}

function Inputs({ data }: { data: DraftImpact | undefined }) {
  if (!data) return null
  const { policy, grants, iam, organization } = data.readAt
  return (
    <>
      Policy read <Moment at={policy} missing="never" />, grants{' '}
      <Moment at={grants} missing="never" />, IAM <Moment at={iam} missing="never" />, organization{' '}
      <Moment at={organization} missing="never" />.
    </>
  )
}

const verdicts: Record<LockoutVerdict, { type: AlertProps.Type; header: string; text: string }> = {
  lockout: {
    type: 'error',
    header: 'This would lock everyone out',
    text:
      'Neither the account’s root, nor any user or role we know of, nor Claviger could ' +
      'change the policy again. Only AWS Support can undo that. KMS refuses it, unless its ' +
      'safety check is bypassed.',
  },
  refused: {
    type: 'error',
    header: 'Claviger would lock itself out',
    text:
      'Our role for changes could not put a policy again, so KMS refuses this one when it ' +
      'comes from us (its lockout safety check looks at the caller only).',
  },
  onlyUs: {
    type: 'error',
    header: 'Nobody but Claviger could change the policy again',
    text:
      'Neither the account’s root nor any living user or role of the account keeps the right ' +
      'to. If our role is lost, so is the key.',
  },
  uncertain: {
    type: 'warning',
    header: 'Whether the policy could be changed again is not certain',
    text: 'It hangs on conditions of a request, or on a policy that we could not read. The table below says who may.',
  },
  safe: {
    type: 'success',
    header: 'The policy could still be changed',
    text: 'By whom is said below.',
  },
}

function Impact({
  data: { refusals, keyAdministrators, accessImpact, gaps, unweighed, readAt, accountNames },
}: {
  data: DraftImpact
}) {
  const verdict = keyAdministrators && verdicts[keyAdministrators.verdict]
  return (
    <SpaceBetween size="m">
      {refusals.length > 0 && (
        <Alert type="error" header="KMS would refuse this document">
          <ul>
            {refusals.map((refusal) => (
              <li key={refusal}>{refusal}</li>
            ))}
          </ul>
        </Alert>
      )}
      {verdict && (
        <Alert type={verdict.type} header={verdict.header}>
          {verdict.text}
        </Alert>
      )}
      {gaps.map((gap) => (
        <Alert key={gap} type="warning">
          {gap}
        </Alert>
      ))}
      {accessImpact ? (
        <AccessImpactView
          impact={accessImpact}
          accountNames={accountNames}
          nothing="Nobody would gain or lose anything."
        />
      ) : (
        <Box>
          <Unknown
            why={
              readAt.policy === null
                ? 'The policy of today could not be read.'
                : 'The draft cannot be read as a policy.'
            }
          />{' '}
          who gains and who loses:{' '}
          {readAt.policy === null
            ? 'the policy of today could not be read.'
            : 'the draft cannot be read as a policy yet.'}
        </Box>
      )}
      {keyAdministrators && (
        <KeyAdministratorsTable keyAdministrators={keyAdministrators} unweighed={unweighed} />
      )}
    </SpaceBetween>
  )
}
