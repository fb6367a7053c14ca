import { expect, it, vi } from 'vitest'
import { log } from '../log'
import { requestFacts } from '../web/request-facts.mjs'
import { toFailure } from './failure'

it('a failure is logged, whether or not anybody still waits for the answer', () => {
  const [noted, alarmed] = [vi.spyOn(log, 'info'), vi.spyOn(log, 'error')]
  try {
    const err = new Error('the table is gone')
    const facts = { entered: true, abandoned: AbortSignal.abort() }
    const { ref } = requestFacts.run(facts, () => toFailure(err, 'route keys.read'))
    expect(ref).toBeUndefined()
    expect(noted.mock.calls).toEqual([
      [{ where: 'route keys.read', err }, 'failed after whoever asked had gone'],
    ])
    expect(alarmed).not.toHaveBeenCalled()
    expect(toFailure(err, 'route keys.read').ref).toBeDefined()
    expect(alarmed).toHaveBeenCalledOnce()
  } finally {
    noted.mockRestore()
    alarmed.mockRestore()
  }
})
