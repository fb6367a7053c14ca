import { FailedView } from '@/components/failure/failed-view'

export default function NotFound() {
  return (
    <FailedView
      failure={{
        code: 'not_found',
        message: 'There is no such page. It may have moved, or the link was cut short.',
      }}
    />
  )
}
