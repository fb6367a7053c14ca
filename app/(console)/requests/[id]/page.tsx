import { z } from 'zod'
import { getRequest } from '@/lib/changes/read/get-request'
import { page } from '@/lib/door/page'
import { AppError } from '@/lib/errors'
import { failed } from '../../failed'
import { RequestView } from './request-view'

export const metadata = { title: 'Request' }

export default page(
  'requests.read',
  async (permit, { params }) => {
    const id = z.uuid().safeParse(params.id)
    if (!id.success)
      throw new AppError('not_found', 'There is no such request among those you may see.')
    return <RequestView first={await getRequest(permit, id.data)} />
  },
  failed,
)
