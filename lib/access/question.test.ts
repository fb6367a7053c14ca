import fc from 'fast-check'
import { expect, test } from 'vitest'
import { contextOfQuestion, formatQuestion, parseQuestion } from './question'

const word = fc.string({ maxLength: 30 }).map((text) => text.trim())
const question = fc.record({
  principal: word,
  action: word,
  key: word,
  via: word,
  complete: fc.boolean(),
  pairs: fc.uniqueArray(
    fc.tuple(fc.string({ minLength: 1, maxLength: 10 }), fc.string({ maxLength: 10 })),
    { maxLength: 4, selector: ([name]) => name },
  ),
})

test('the link is the question: what is written into the address is read from it', () => {
  fc.assert(
    fc.property(question, (asked) => {
      expect(parseQuestion(new URLSearchParams(formatQuestion(asked)))).toEqual(asked)
    }),
  )
})

test('a service is named for the Region of the key', () => {
  const key = 'arn:aws:kms:eu-west-1:111122223333:key/mrk-1'
  const asked = {
    principal: '*',
    action: 'kms:Decrypt',
    key,
    pairs: [['a', 'b']] as const,
    via: 's3',
    complete: false,
  }
  expect(contextOfQuestion(asked)).toEqual({
    'kms:EncryptionContext:a': 'b',
    'kms:ViaService': 's3.eu-west-1.amazonaws.com',
    'aws:ViaAWSService': 'true',
  })
})
