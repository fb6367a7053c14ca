import { describe, expect, test } from 'vitest'
import { rangeOf } from './locate'
import { parsePolicy, parsePolicyValue } from './parse'
import { doc, statement, when } from './test/documents'

describe('places', () => {
  const text =
    '{\r\n  "Statement": {\n    "Effect": "Allow", "Principal": {"AWS": ["*", ' +
    '"nobody"]},\n\t"Action": "kms:*", "Resource": "*",\n    "Condition": {"StringLike": ' +
    '{"aws:PrincipalArn": ["a", "ü\\u0041"]}}\n  }\n}'
  const document = parsePolicy(text, 'key')

  test('of a problem', () => {
    expect(document.problems).toMatchObject([
      {
        path: 'Statement[0].Principal.AWS[1]',
        range: { start: { line: 3, column: 51 }, end: { line: 3, column: 59 } },
      },
    ])
  })

  test('of every value, name and statement', () => {
    const [statement] = document.statements
    const slice = (span: { start: number; end: number } | undefined): string =>
      span ? text.slice(span.start, span.end) : ''
    const condition = statement?.conditions?.[0]
    expect(slice(statement?.action?.values[0]?.span)).toBe('"kms:*"')
    expect(slice(statement?.elements.Principal?.name)).toBe('"Principal"')
    expect(slice(condition?.operatorSpan)).toBe('"StringLike"')
    expect(slice(condition?.keySpan)).toBe('"aws:PrincipalArn"')
    expect(condition?.values[1]).toMatchObject({
      value: 'üA',
      path: 'Statement[0].Condition.StringLike.aws:PrincipalArn[1]',
    })
    expect(slice(condition?.values[1]?.span)).toBe('"ü\\u0041"')
    expect(statement && rangeOf(document, statement.span)).toMatchObject({
      start: { line: 2, column: 16 },
      end: { line: 6, column: 4 },
    })
  })

  test('of what was read before a syntax error', () => {
    const cut = parsePolicy(text.slice(0, 130), 'key')
    expect(cut.broken).toBe(true)
    expect(cut.problems.map(({ code }) => code)).toEqual(['JSON_SYNTAX_ERROR'])
    expect(cut.statements[0]?.effect?.value).toBe('Allow')
  })
})

test('a value reads as its text does', () => {
  const text = doc(statement, { ...statement, ...when('NumericEquals', [1, '2']) }, { Effect: 'x' })
  const fromText = parsePolicy(text, 'key')
  const fromValue = parsePolicyValue(JSON.parse(text), 'key')
  const bare = (document: typeof fromText): unknown =>
    JSON.parse(
      JSON.stringify(document.statements, (name, value: unknown) =>
        /span/i.test(name) || name === 'name' ? undefined : value,
      ),
    )
  expect(bare(fromValue)).toEqual(bare(fromText))
  expect(fromValue.problems.map(({ code, path }) => [code, path])).toEqual(
    fromText.problems.map(({ code, path }) => [code, path]),
  )
})
