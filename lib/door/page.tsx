import 'server-only'
import { unstable_rethrow, redirect } from 'next/navigation'
import type { ReactNode } from 'react'
import { authorize, type Permit } from '../auth/permit'
import type { Permission } from '../auth/permissions'
import type { Failure } from '../result'
import { toFailure } from './failure'

type Search = Record<string, string | string[] | undefined>
export type PageProps = { params: Promise<Record<string, string>>; searchParams: Promise<Search> }
export type PageInput = { params: Record<string, string>; search: Search }

/**
 * The door for pages: permit, read, arrange. What fails is drawn by `failed` (app/(console)/failed.tsx gives it), never as an
 * empty page; without a session the person goes to sign-in and comes back here.
 */
export function page<P extends Permission>(
  permission: P,
  show: (permit: Permit<P>, input: PageInput) => Promise<ReactNode>,
  failed: (failure: Failure) => ReactNode,
) {
  return async function Page({ params, searchParams }: PageProps): Promise<ReactNode> {
    try {
      const permit = await authorize(permission)
      return await show(permit, { params: await params, search: await searchParams })
    } catch (error) {
      unstable_rethrow(error)
      const failure = toFailure(error, `page ${permission}`)
      if (failure.code === 'unauthenticated') redirect('/sign-in')
      return failed(failure)
    }
  }
}
