'use client'

import { createContext, useContext } from 'react'
import type { Permission } from '@/lib/auth/permissions'

export const HeldContext = createContext<ReadonlySet<Permission>>(new Set())

/** What the person may do somewhere: to leave out what they cannot use. Every door asks again. */
export const useHeld = (): ReadonlySet<Permission> => useContext(HeldContext)
