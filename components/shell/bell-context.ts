'use client'

import { createContext } from 'react'
import type { Result } from '@/lib/result'

/**
 * How notices are marked as read: the routes give it, since no component knows an action.
 * Null: the person has no bell.
 */
export type MarkRead = (input: { ids: string[] | null }) => Promise<Result<void>>
export const BellContext = createContext<MarkRead | null>(null)
