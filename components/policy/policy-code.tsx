'use client'

import Spinner from '@cloudscape-design/components/spinner'
import dynamic from 'next/dynamic'

const loading = () => (
  <div className="claviger-code-loading">
    <Spinner /> Loading the document
  </div>
)

/** CodeMirror comes only where a policy is looked at: 100 KB that no other page needs. */
export const PolicyCode = dynamic(() => import('./code-mirror'), { ssr: false, loading })
export const PolicyDiff = dynamic(() => import('./code-diff'), { ssr: false, loading })
