import { describe, expect, it } from 'vitest'
import { errorsAt, fromFailure } from './errors'

describe('what was refused', () => {
  it('stands at the field of every change it is about, and loses no word', () => {
    const problems = fromFailure({
      code: 'invalid',
      message: 'Check.',
      fields: {
        'changes.0.input.constraints.EncryptionContextEquals.a': ['Too long.'],
        'changes.1.input': ['The key is disabled already.'],
        'changes.1.endsAt': ['It has passed.'],
        justification: ['Say why.'],
      },
    })
    expect(errorsAt(problems, ['input.constraints.EncryptionContextEquals'])).toEqual(['Too long.'])
    expect(errorsAt(problems, ['=input'])).toEqual(['The key is disabled already.'])
    expect(errorsAt(problems, ['endsAt'])).toEqual(['It has passed.'])
    expect(errorsAt(problems, ['input.operations'])).toEqual([])
    expect(problems.lines).toHaveLength(4)
    expect(problems.lines[1]).toEqual({ text: 'The key is disabled already.', change: 1 })
  })

  it('of a failure without fields is its message', () => {
    expect(fromFailure({ code: 'conflict', message: 'Read only.' }).lines).toEqual([
      { text: 'Read only.', change: null },
    ])
  })
})
