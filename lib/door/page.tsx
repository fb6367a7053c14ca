import 'server-only'
import { headers } from 'next/headers'
import { unstable_rethrow, redirect } from 'next/navigation'
import type { ReactNode } from 'react'
import { authorize, type Permit } from '../auth/permit'
import type { Permission } from '../auth/permissions'
import { safeReturnPath } from '../auth/return-path'
import { AppError } from '../errors'
import type { Failure } from '../result'
import { findUnstorable, unstorableWords } from '../storable'
import { enterDoor } from '../web/request-facts.mjs'
import { answerBusy, toFailure } from './failure'
import { requireOwnHost } from './host'
import { inTurn } from './turns'

type Search = Record<string, string | string[] | undefined>
export type PageProps = { params: Promise<Record<string, string>>; searchParams: Promise<Search> }
export type PageInput = { params: Record<string, string>; search: Search }

/**
 * The door for pages: permit, read, arrange. What fails is drawn by `failed`
 * (app/(console)/failed.tsx gives it), never as an empty page; without a session the person goes to
 * sign-in and comes back here.
 */
export function page<P extends Permission>(
  permission: P,
  show: (permit: Permit<P>, input: PageInput) => Promise<ReactNode>,
  failed: (failure: Failure) => ReactNode,
) {
  return async function Page({ params, searchParams }: PageProps): Promise<ReactNode> {
    enterDoor()
    try {
      await requireOwnHost()
      const permit = await authorize(permission)
      const given = Object.entries(await params).map(([name, value]) => [name, decodeParam(value)])
      const input = { params: Object.fromEntries(given), search: await searchParams }
      if (findUnstorable(input)) throw new AppError('invalid', unstorableWords)
      return await inTurn(permit.actor.id, () => show(permit, input))
    } catch (error) {
      unstable_rethrow(error)
      const failure = toFailure(error, `page ${permission}`)
      if (failure.code === 'unauthenticated') await goToSignIn()
      answerBusy(failure)
      return failed(failure)
    }
  }
}

/** Next hands page parameters over as they stand in the address: percent-encoded. */
function decodeParam(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}

/** Leaves for the sign-in page, which leads back to where the person wanted to go. */
export async function goToSignIn(): Promise<never> {
  const from = safeReturnPath((await headers()).get('x-claviger-path'))
  redirect(from === '/' ? '/sign-in' : `/sign-in?from=${encodeURIComponent(from)}`)
}
