'use client'

import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { ReadFailure } from './read-json'

/** Refusals are final; only what may pass by itself is tried again. */
const mayPass = (error: unknown) =>
  !(error instanceof ReadFailure) ||
  ['aws_throttled', 'aws_unavailable', 'busy'].includes(error.failure.code)

export function QueryProvider({ children }: { children: ReactNode }) {
  const [client] = useState(
    () =>
      new QueryClient({
        defaultOptions: {
          queries: {
            staleTime: 15_000,
            refetchOnWindowFocus: true,
            retry: (count, error) => count < 2 && mayPass(error),
          },
        },
      }),
  )
  return <QueryClientProvider client={client}>{children}</QueryClientProvider>
}
