import { explainPolicy, type PolicyExplanation } from '../explain/explain'
import type { Options } from './arguments'
import { readFiles } from './files'
import { makeSarif, type SarifResult } from './sarif'

/**
 * Prints each file in sentences. Exit status as lint has it, by what the
 * grammar refuses or warns of.
 */
export async function explainFiles({ type, format, files }: Options): Promise<number> {
  const read = (await readFiles(files)).map((file) => ({
    ...file,
    explanation: file.text === null ? null : explainPolicy(file.text, type),
  }))
  if (format === 'json') {
    process.stdout.write(
      `${JSON.stringify(
        read.map(({ file, failure, explanation }) => ({ file, failure, ...explanation })),
        null,
        2,
      )}\n`,
    )
  } else if (format === 'sarif') {
    const results = read.flatMap(({ file, explanation }) =>
      explanation ? toResults(file, explanation) : [],
    )
    process.stdout.write(`${JSON.stringify(makeSarif(results), null, 2)}\n`)
  } else
    for (const { file, explanation } of read)
      if (explanation)
        process.stdout.write(
          sayExplanation(files.length > 1 ? `${file}:\n` : '', file, explanation),
        )
  for (const { file, failure } of read)
    if (failure !== null) process.stderr.write(`${file}: cannot be read: ${failure}\n`)
  return Math.max(...read.map(({ explanation }) => (explanation ? statusOf(explanation) : 3)))
}

function statusOf({ problems }: PolicyExplanation): number {
  if (problems.some(({ code }) => code === 'JSON_SYNTAX_ERROR')) return 3
  return problems.some(({ severity }) => severity === 'error') ? 2 : problems.length > 0 ? 1 : 0
}

function sayExplanation(
  title: string,
  file: string,
  { summary, statements, problems }: PolicyExplanation,
): string {
  const lines = [...summary]
  for (const { range, sid, index, sentences } of statements) {
    lines.push(
      '',
      `Statement ${index + 1}${sid === null ? '' : ` "${sid}"`} (line ${range.start.line})`,
      ...sentences.map((sentence) => `  ${sentence}`),
    )
  }
  if (problems.length > 0) lines.push('')
  for (const { range, severity, code, message } of problems)
    lines.push(`${file}:${range.start.line}:${range.start.column}: ${severity} ${code}: ${message}`)
  return `${title}${lines.join('\n')}\n`
}

function toResults(file: string, { statements, problems }: PolicyExplanation): SarifResult[] {
  return [
    ...statements.map(
      ({ path, range, sentences }): SarifResult => ({
        file,
        code: 'EXPLANATION',
        level: 'note',
        message: sentences.join(' '),
        range,
        path,
      }),
    ),
    ...problems.map(
      ({ code, severity, path, range, message }): SarifResult => ({
        file,
        code,
        level: severity,
        message,
        range,
        path,
      }),
    ),
  ]
}
