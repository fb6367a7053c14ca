import type { Metadata } from 'next'
import { readTrailRole } from '@/lib/accounts/roles'
import { page } from '@/lib/door/page'
import { listLogFindings } from '@/lib/trail/log-files/findings'
import { listFoundTrails, listLogSources } from '@/lib/trail/log-files/sources'
import { failed } from '../../failed'
import { LogFilesView } from './log-files-view'

export const metadata: Metadata = { title: 'Log files' }

export default page(
  'settings.read',
  async (permit) => {
    const [sources, found, findings, role] = await Promise.all([
      listLogSources(permit),
      listFoundTrails(permit),
      listLogFindings(permit),
      readTrailRole(permit),
    ])
    return <LogFilesView sources={sources} found={found} findings={findings} role={role} />
  },
  failed,
)
