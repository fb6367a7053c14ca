'use client'

import Alert from '@cloudscape-design/components/alert'
import Button from '@cloudscape-design/components/button'
import ContentLayout from '@cloudscape-design/components/content-layout'
import Header from '@cloudscape-design/components/header'
import { useFrame } from '@/components/shell/page-frame'

const crumbs = [
  { text: 'Requests', href: '/requests' },
  { text: 'Decide', href: '/requests/decide' },
]

/** The address names no request, or one that cannot be: trying again would change nothing. */
export function NothingToDecide() {
  useFrame({ breadcrumbs: crumbs })
  return (
    <ContentLayout header={<Header variant="h1">Decide</Header>}>
      <Alert
        type="info"
        header="No requests are chosen"
        action={<Button href="/requests?box=waiting">Requests waiting for me</Button>}
      >
        The address of this page has to name the requests, each by its id. Choose them in the list
        of requests and decide from there.
      </Alert>
    </ContentLayout>
  )
}
