import type { Metadata } from 'next'
import { listGapsInWords } from '@/lib/accounts/read'
import { page } from '@/lib/door/page'
import { plain } from '@/lib/inventory/plain'
import { failed } from '../../failed'
import { GapsView } from './gaps-view'

export const metadata: Metadata = { title: 'Coverage gaps' }

const textOf = (value: string | string[] | undefined) => (typeof value === 'string' ? value : null)

export default page(
  'accounts.read',
  async (permit, { search }) => {
    const [api, status, deniedOnly] = [
      textOf(search.api),
      textOf(search.status),
      search.denied === '1',
    ]
    const all = await listGapsInWords(permit)
    const gaps = all.filter(
      (gap) =>
        (api === null || gap.api === api) &&
        (status === null || gap.status === status) &&
        (!deniedOnly || gap.isDenied),
    )
    return <GapsView gaps={plain(gaps)} total={all.length} api={api} deniedOnly={deniedOnly} />
  },
  failed,
)
