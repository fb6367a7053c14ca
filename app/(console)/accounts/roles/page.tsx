import type { Metadata } from 'next'
import { getRolesToDeploy } from '@/lib/accounts/roles'
import { writeFeatures } from '@/lib/changes/kinds/write-features'
import { page } from '@/lib/door/page'
import { failed } from '../../failed'
import { RolesView } from './roles-view'

export const metadata: Metadata = { title: 'Roles to deploy' }

export default page(
  'accounts.read',
  async (permit) => <RolesView roles={await getRolesToDeploy(permit)} features={writeFeatures} />,
  failed,
)
