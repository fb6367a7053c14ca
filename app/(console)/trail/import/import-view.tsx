'use client'

import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useFrame } from '@/components/shell/page-frame'
import type { ImportRow } from '@/lib/trail/upload'
import { ImportsTable } from './imports-table'
import { UploadForm } from './upload-form'

/** Log files of CloudTrail from the reader's own machine, and what was imported so far. */
export function ImportView({ imports }: { imports: readonly ImportRow[] }) {
  useFrame({
    breadcrumbs: [
      { text: 'Trail', href: '/trail' },
      { text: 'Import log files', href: '/trail/import' },
    ],
  })
  return (
    <SpaceBetween size="l">
      <Header
        variant="h1"
        description="For incident work, and for accounts that Claviger cannot read. Each event is stored once."
      >
        Import log files
      </Header>
      <UploadForm />
      <ImportsTable imports={imports} />
    </SpaceBetween>
  )
}
