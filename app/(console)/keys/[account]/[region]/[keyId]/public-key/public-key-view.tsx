'use client'

import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Spinner from '@cloudscape-design/components/spinner'
import { useQuery } from '@tanstack/react-query'
import { ReadFailed } from '@/components/failure/read-failed'
import { readJson } from '@/components/shell/read-json'
import { Moment } from '@/components/value/moment'
import { publicKeyApplies } from '@/lib/inventory/applies'
import type { KeyRow } from '@/lib/inventory/key-detail'
import type { PublicKeyText } from '@/lib/inventory/public-key'
import { WhereItApplies } from '../does-not-apply'
import { keyPath } from '@/lib/kms/arn'

export function PublicKeyView({ of: key }: { of: KeyRow }) {
  return (
    <WhereItApplies applies={publicKeyApplies(key)}>
      <PublicKey of={key} />
    </WhereItApplies>
  )
}

/** Read from AWS only now: most people who open a key do not need it. */
function PublicKey({ of: key }: { of: KeyRow }) {
  const url = `/api${keyPath(key)}/public-key`
  const { data, error, isPending, refetch, isFetching } = useQuery({
    queryKey: [url],
    queryFn: ({ signal }) => readJson<PublicKeyText>(url, signal),
    staleTime: Infinity,
    retry: false,
  })
  if (isPending)
    return (
      <SpaceBetween direction="horizontal" size="s">
        <Spinner />
        Reading the public key from AWS
      </SpaceBetween>
    )
  if (error)
    return (
      <ReadFailed
        header="The public key could not be read"
        message={error.message}
        isRetrying={isFetching}
        onRetry={() => void refetch()}
      />
    )
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={
            <>
              {key.keySpec}, {key.keyUsage} · {data.algorithms.join(', ')} · read{' '}
              <Moment at={data.readAt} />
            </>
          }
          actions={<Copies pem={data.pem} url={url} />}
        >
          Public key
        </Header>
      }
    >
      <pre className="claviger-json" tabIndex={0} role="region" aria-label="Public key, PEM">
        {data.pem}
      </pre>
    </Container>
  )
}

function Copies({ pem, url }: { pem: string; url: string }) {
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <CopyToClipboard
        copyButtonText="Copy PEM"
        textToCopy={pem}
        copySuccessText="Copied"
        copyErrorText="The browser did not allow copying"
      />
      <Button iconName="download" href={`${url}?format=pem`} download>
        PEM
      </Button>
      <Button iconName="download" href={`${url}?format=der`} download>
        DER
      </Button>
    </SpaceBetween>
  )
}
