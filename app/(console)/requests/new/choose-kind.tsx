'use client'

import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import Link from '@cloudscape-design/components/link'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { hrefOfRequest } from '@/components/request/href-of-request'
import { labelOfKey } from '@/components/request/label-of-key'
import { formGroups, formKinds, type FormKind } from '@/components/request/kinds/list'
import '@/components/request/request.css'
import { useFrame } from '@/components/shell/page-frame'
import { whyNot } from '@/lib/changes/kinds/traits'
import type { AskedKey } from '@/lib/changes/request/askable'

const crumbs = [
  { text: 'Requests', href: '/requests' },
  { text: 'Request a change', href: '/requests/new' },
]

/** What is there to ask for, by group; for chosen keys, what speaks against it. */
export function ChooseKind({
  keys,
  arns,
  unknown,
}: {
  keys: readonly AskedKey[]
  arns: readonly string[]
  unknown: string
}) {
  useFrame({ breadcrumbs: crumbs, contentType: 'form' })
  const [only] = keys
  const about =
    arns.length === 0
      ? ''
      : arns.length === 1 && only
        ? ` for ${labelOfKey(only)}`
        : ` for ${arns.length} keys`
  const groups = formGroups.filter(
    (group) =>
      arns.length === 0 || formKinds.some((kind) => kind.group === group && kind.about === 'key'),
  )
  return (
    <SpaceBetween size="l">
      <Header
        variant="h1"
        description={
          'Nothing is asked of anyone yet: after the form you see what it means, how AWS ' +
          'takes it and who can approve, and send it then.'
        }
      >
        Request a change{about}
      </Header>
      {unknown !== '' && (
        <Alert type="warning">
          This version of Claviger has no form for a change of the kind “{unknown}”.
        </Alert>
      )}
      {groups.map((group) => (
        <Container key={group} header={<Header variant="h2">{group}</Header>}>
          <div className="claviger-kinds">
            {formKinds
              .filter((kind) => kind.group === group && (arns.length === 0 || kind.about === 'key'))
              .map((kind) => (
                <OneKind key={kind.name} kind={kind} keys={keys} arns={arns} />
              ))}
          </div>
        </Container>
      ))}
    </SpaceBetween>
  )
}

function OneKind({
  kind,
  keys,
  arns,
}: {
  kind: FormKind
  keys: readonly AskedKey[]
  arns: readonly string[]
}) {
  const why =
    kind.oneKey && arns.length > 1 ? 'Asked for at one key at a time.' : firstReason(kind, keys)
  return (
    <div>
      {why === null ? (
        <Link href={hrefOfRequest(kind.name, arns)} fontSize="heading-s">
          {kind.label}
        </Link>
      ) : (
        <Box variant="h4" padding="n" color="text-status-inactive">
          {kind.label}
        </Box>
      )}
      <Box color="text-body-secondary">{kind.words}</Box>
      {why !== null && <Box variant="small">{why}</Box>}
    </div>
  )
}

/** For one key its reason; for several only when it holds for all of them. */
function firstReason(kind: FormKind, keys: readonly AskedKey[]): string | null {
  const reasons = keys.map((key) => whyNot(kind, key))
  return keys.length > 0 && reasons.every((reason) => reason !== null) ? (reasons[0] ?? null) : null
}
