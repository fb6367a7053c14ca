'use client'

import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Spinner from '@cloudscape-design/components/spinner'
import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { ReadFailed } from '@/components/failure/read-failed'
import { readJson } from '@/components/shell/read-json'
import { keysNamed } from '@/lib/access/key-named'
import type { Found } from '@/lib/inventory/search'

type Props = {
  /** An alias, the ARN of one, or an id: what an address may hold in place of the ARN of a key. */
  name: string
  onFound: (arn: string, how: 'push' | 'replace') => void
}

/** Of a search that was cut, nobody knows what else has the name. */
function headerOf(name: string, named: number, isCut: boolean): string {
  if (isCut) return `More keys than are shown here begin like ${name}`
  return named > 0 ? `Several keys are called ${name}` : `No key is called ${name}`
}

/** The key that a name means: taken at once where it is the only one, else offered to choose. */
export function KeyByName({ name, onFound }: Props) {
  const { data, error, isPending, isFetching, refetch } = useQuery({
    queryKey: ['search', name],
    queryFn: ({ signal }) =>
      readJson<Found>(`/api/search?${new URLSearchParams({ q: name.slice(0, 300) })}`, signal),
  })
  const named = keysNamed(name, data?.keys ?? [])
  const isCut = data?.more.includes('keys') ?? false
  const [only] = named.length === 1 && !isCut ? named : []
  useEffect(() => {
    if (only) onFound(only.arn, 'replace')
    // `onFound` is new at each render; what counts is what was found
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [only?.arn])
  if (error)
    return (
      <ReadFailed
        header="The key could not be looked up"
        message={error.message}
        isRetrying={isFetching}
        onRetry={() => void refetch()}
      />
    )
  if (isPending || only)
    return (
      <Box color="text-body-secondary">
        <Spinner /> Looking for the key {name}
      </Box>
    )
  const offered = named.length > 0 && !isCut ? named : data.keys
  return (
    <Alert type="warning" header={headerOf(name, named.length, isCut)}>
      {offered.length === 0
        ? 'No key in the accounts you can see has this alias or id. Choose a key in the form above.'
        : `Choose the one you mean${isCut ? '; if it is not here, choose it in the form above' : ''}:`}
      <ul className="claviger-roles">
        {offered.map(({ arn, aliases, keyId, accountName, region }) => (
          <li key={arn}>
            <Button variant="inline-link" onClick={() => onFound(arn, 'push')}>
              {aliases[0] ?? keyId}
            </Button>{' '}
            in {accountName}, {region}
          </li>
        ))}
      </ul>
    </Alert>
  )
}
