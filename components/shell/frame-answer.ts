import type { Bell } from '@/lib/notify/inbox'
import type { WorkerHealth } from '@/lib/settings/worker-health'

/**
 * What the frame of every page asks for now and then; `waiting`: requests
 * that wait for this person.
 */
export type FrameAnswer = Bell & { waiting: number; worker: WorkerHealth }
