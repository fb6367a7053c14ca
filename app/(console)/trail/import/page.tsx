import type { Metadata } from 'next'
import { page } from '@/lib/door/page'
import { readImports } from '@/lib/trail/upload'
import { failed } from '../../failed'
import { ImportView } from './import-view'

export const metadata: Metadata = { title: 'Import log files' }

export default page(
  'trail.manage',
  async (permit) => <ImportView imports={await readImports(permit)} />,
  failed,
)
