// Files of one worker share the packages they load, not the state of our own modules.
import { afterAll, vi } from 'vitest'

vi.resetModules()
const before = { ...process.env }
afterAll(() => {
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name]
  Object.assign(process.env, before)
})
