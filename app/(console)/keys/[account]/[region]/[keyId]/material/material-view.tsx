'use client'

import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { TableProps } from '@cloudscape-design/components/table'
import { hrefOfRequest } from '@/components/request/href-of-request'
import { useHeld } from '@/components/shell/held'
import { BoxTable } from '@/components/table/box-table'
import { Identifier } from '@/components/value/identifier'
import { Moment } from '@/components/value/moment'
import { Rotation } from '@/components/value/rotation'
import { Unknown } from '@/components/value/unknown'
import { traits as rotateNow } from '@/lib/changes/kinds/rotate-now/traits'
import { traits as rotationDisable } from '@/lib/changes/kinds/rotation-disable/traits'
import { traits as rotationEnable } from '@/lib/changes/kinds/rotation-enable/traits'
import { whyNot } from '@/lib/changes/kinds/traits'
import { automaticRotationApplies, onDemandRotationApplies } from '@/lib/inventory/applies'
import type { KeyMaterials, KeyRow } from '@/lib/inventory/key-detail'

const onDemandLimit = 25

export function MaterialView({ detail }: { detail: KeyMaterials }) {
  const { key } = detail
  return (
    <SpaceBetween size="l">
      <Container
        header={
          <Header
            variant="h2"
            description={
              <>
                Read <Moment at={key.rotationAt} missing="never" />
              </>
            }
            actions={<RotationRequests detailKey={key} />}
          >
            Rotation
          </Header>
        }
      >
        <KeyValuePairs
          columns={3}
          items={[
            { label: 'Automatic rotation', value: <Automatic detailKey={key} /> },
            {
              label: 'Next rotation',
              value: key.rotation === 'on' ? <Moment at={key.nextRotationAt} /> : 'none scheduled',
            },
            {
              label: 'Last rotation',
              value: key.rotationsAt ? (
                <Moment at={key.lastRotatedAt} missing="never rotated" />
              ) : (
                <Unknown why={key.problems.rotations?.message} />
              ),
            },
            { label: 'On-demand rotation', value: <OnDemand detailKey={key} /> },
            {
              label: 'Rotations so far',
              value: key.rotationCount ?? <Unknown why={key.problems.rotations?.message} />,
            },
            {
              label: 'Current key material',
              value: key.currentKeyMaterialId ? (
                <Identifier text={key.currentKeyMaterialId} most={24} />
              ) : (
                'not named for this kind of key'
              ),
            },
          ]}
        />
      </Container>
      <Materials detail={detail} />
    </SpaceBetween>
  )
}

function RotationRequests({ detailKey: key }: { detailKey: KeyRow }) {
  const held = useHeld()
  if (!held.has('requests.create')) return null
  const automatic = automaticRotationApplies(key)
  const offered = [
    { kind: rotateNow, text: 'Rotate now…', applies: onDemandRotationApplies(key) },
    {
      kind: rotationEnable,
      text: key.rotation === 'on' ? 'Change the period…' : 'Enable rotation…',
      applies: automatic,
    },
    ...(key.rotation === 'on'
      ? [{ kind: rotationDisable, text: 'Disable rotation…', applies: automatic }]
      : []),
  ]
  return (
    <SpaceBetween direction="horizontal" size="xs">
      {offered
        // What its state forbids today stays, with the reason.
        .filter(({ applies }) => applies.applies !== 'no')
        .map(({ kind, text }) => {
          const why = whyNot(kind, key)
          return (
            <Button
              key={kind.name}
              href={hrefOfRequest(kind.name, [key.arn])}
              disabled={why !== null}
              disabledReason={why ?? undefined}
            >
              {text}
            </Button>
          )
        })}
    </SpaceBetween>
  )
}

function Automatic({ detailKey: key }: { detailKey: KeyRow }) {
  const applies = automaticRotationApplies(key)
  return applies.applies === 'no' ? <>not applicable: {applies.why}</> : <Rotation of={key} />
}

function OnDemand({ detailKey: key }: { detailKey: KeyRow }) {
  const applies = onDemandRotationApplies(key)
  if (applies.applies === 'no') return <>not applicable</>
  if (key.onDemandUsed === null) return <Unknown why={key.problems.rotations?.message} />
  const left = onDemandLimit - key.onDemandUsed - (key.onDemandStartedAt ? 1 : 0)
  return (
    <>
      {key.onDemandUsed} of {onDemandLimit} used, {left} left for the life of the key
      {key.onDemandStartedAt && (
        <>
          ; one in progress since <Moment at={key.onDemandStartedAt} />
        </>
      )}
    </>
  )
}

const states: Record<string, string> = {
  CURRENT: 'current',
  NON_CURRENT: 'kept for decryption',
  PENDING_ROTATION: 'waits for rotation',
  PENDING_MULTI_REGION_IMPORT_AND_ROTATION: 'waits for import into every replica',
}

function Materials({ detail: { key, materials } }: { detail: KeyMaterials }) {
  return (
    <BoxTable
      variant="container"
      header={
        <Header
          variant="h2"
          counter={key.rotationsAt ? `(${materials.length})` : undefined}
          description="Every key material that KMS keeps for this key. Older material still decrypts what it encrypted."
        >
          Key materials
        </Header>
      }
      items={materials}
      trackBy="id"
      empty={
        key.rotationsAt ? (
          'AWS lists no key material for this key.'
        ) : (
          <Unknown
            why={
              key.problems.rotations?.message ??
              'KMS lists materials for symmetric keys only, or they have not been read yet.'
            }
          />
        )
      }
      columnDefinitions={columns}
    />
  )
}

const columns: TableProps.ColumnDefinition<KeyMaterials['materials'][number]>[] = [
  {
    id: 'id',
    header: 'Key material ID',
    isRowHeader: true,
    cell: (row) =>
      row.keyMaterialId ? <Identifier text={row.keyMaterialId} most={24} /> : 'unknown',
  },
  {
    id: 'state',
    header: 'State',
    cell: (row) =>
      row.keyMaterialState ? (states[row.keyMaterialState] ?? row.keyMaterialState) : '—',
  },
  {
    id: 'import',
    header: 'Import',
    cell: (row) =>
      row.importState === null
        ? 'made by KMS'
        : row.importState === 'IMPORTED'
          ? 'imported'
          : 'waits for import',
  },
  {
    id: 'valid',
    header: 'Expires',
    cell: (row) =>
      row.validTo ? <Moment at={row.validTo} /> : row.expirationModel === null ? '—' : 'never',
  },
  {
    id: 'rotated',
    header: 'Became current',
    cell: (row) => <Moment at={row.rotationDate} missing="at creation or not yet" />,
  },
  {
    id: 'type',
    header: 'By',
    cell: (row) =>
      row.rotationType === 'AUTOMATIC'
        ? 'schedule'
        : row.rotationType === 'ON_DEMAND'
          ? 'on demand'
          : '—',
  },
  { id: 'description', header: 'Description', cell: (row) => row.description ?? '—' },
]
