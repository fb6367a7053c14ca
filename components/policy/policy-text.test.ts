import fc from 'fast-check'
import { expect, test } from 'vitest'
import { layOutPolicy, readablePolicy } from './lay-out'
import { placeAt } from './place'

test('laying out says the same, whatever is in it', () => {
  fc.assert(
    fc.property(fc.json(), fc.integer({ min: 0, max: 3 }), (text, spaces) => {
      const given = JSON.stringify(JSON.parse(text), null, spaces)
      expect(JSON.parse(layOutPolicy(given))).toEqual(JSON.parse(given))
      expect(layOutPolicy(layOutPolicy(given))).toBe(layOutPolicy(given))
    }),
  )
})

test('laying out keeps what IAM will refuse, and what is no JSON', () => {
  const twice = '{"Version":"2012-10-17","Version":"2008-10-17","Statement":[]}'
  expect(layOutPolicy(twice).match(/"Version"/g)).toHaveLength(2)
  expect(layOutPolicy('{"Sid":"\\u0041","n":1.0}')).toContain('"\\u0041"')
  for (const text of ['', '{', '{"a":1}}', '{"a":1} // x', '[1,,2]'])
    expect(layOutPolicy(text)).toBe(text)
  const own = '{\n "Version": "2012-10-17",\n "Statement": []\n}'
  expect(readablePolicy(own)).toBe(own)
})

test('the place of a cursor in what is half written', () => {
  const at = (text: string) => placeAt(text.replace('|', ''), text.indexOf('|'))
  expect(at('{"Statement":[{"Action":["kms:De|')).toMatchObject({
    path: ['Statement', 'Action'],
    isName: false,
    quoted: true,
  })
  expect(at('{"Statement":[{"Action":"|"}]}')).toMatchObject({
    path: ['Statement', 'Action'],
    isName: false,
    quoted: true,
  })
  expect(at('{"Statement":[{"Condition":{"StringEquals":{"kms:V|":"x"}}}]}')).toMatchObject({
    path: ['Statement', 'Condition', 'StringEquals'],
    isName: true,
  })
  expect(at('{"Statement":[{"Principal":{"AWS":"a","Ser|')).toMatchObject({
    path: ['Statement', 'Principal'],
    isName: true,
  })
  expect(at('{"Statement":[{"Sid":"a\\"}{","Effect":"|"')).toMatchObject({
    path: ['Statement', 'Effect'],
  })
  expect(at('{"Statement":[{"Effect":|')).toMatchObject({
    path: ['Statement', 'Effect'],
    quoted: false,
    isName: false,
  })
  expect(at('|')).toMatchObject({ path: [], quoted: false })
})

test('no text and no cursor breaks it', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('{', '}', '[', ']', '"', '\\', ':', ',', 'a', '\n') }),
      fc.nat(40),
      (text, position) => {
        const { from } = placeAt(text, Math.min(position, text.length))
        expect(from).toBeLessThanOrEqual(text.length)
      },
    ),
  )
})
