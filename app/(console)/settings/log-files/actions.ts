'use server'

import { z } from 'zod'
import { action } from '@/lib/door/action'
import { checkLogSource } from '@/lib/trail/log-files/check'
import { logSourceInput } from '@/lib/trail/log-files/input'
import {
  addLogSource,
  changeLogSource,
  removeLogSource,
  retryLogFiles,
} from '@/lib/trail/log-files/sources'

const named = z.object({ trailArn: z.string().max(2_048) })

export const checkSource = action('trail.manage', logSourceInput, checkLogSource)
export const addSource = action('trail.manage', logSourceInput, addLogSource)
export const changeSource = action('trail.manage', logSourceInput, changeLogSource)
export const removeSource = action('trail.manage', named, removeLogSource)
export const readFilesAgain = action('trail.manage', named, retryLogFiles)
