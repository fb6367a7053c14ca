import { z } from 'zod'
import { tablesOfWaiting } from '@/lib/changes/read/tables-of-requests'
import { countWaiting } from '@/lib/changes/read/waiting'
import { route } from '@/lib/door/route'
import { readBell } from '@/lib/notify/inbox'
import { noticeSilence, readWorkerHealth } from '@/lib/settings/worker-health'
import type { FrameAnswer } from '@/components/shell/frame-answer'

/**
 * What the frame of every page asks for now and then: the bell, how many requests wait for this
 * person, whether a worker lives.
 */
export const GET = route(
  'requests.read',
  z.object({}),
  async (permit): Promise<FrameAnswer> => {
    const [bell, waiting, worker] = await Promise.all([
      readBell(permit),
      countWaiting(permit),
      readWorkerHealth(permit.scope),
    ])
    return { ...bell, waiting, worker }
  },
  {
    madeOf: {
      tables: [...tablesOfWaiting, 'Notification'],
      // A change becomes overdue by the clock alone: while no worker lives to undo it, the banner
      // must say so within a minute.
      atMostSeconds: 60,
      // A worker writes its heartbeat all the time: what counts is whether one lives.
      also: noticeSilence,
    },
  },
)
