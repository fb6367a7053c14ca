import { lintPolicy, type LintFinding, type LintSeverity } from '../lint/lint'
import type { Options } from './arguments'
import { readFiles } from './files'
import { makeSarif } from './sarif'

const levels: Readonly<Record<LintSeverity, 'error' | 'warning' | 'note'>> = {
  error: 'error',
  'security-warning': 'warning',
  warning: 'warning',
  suggestion: 'note',
}
const statusOf: Readonly<Record<LintSeverity, number>> = {
  error: 2,
  'security-warning': 1,
  warning: 1,
  suggestion: 0,
}

/**
 * Prints what lint finds in each file; the exit status is the worst of it, 3 where a file
 * or its JSON cannot be read.
 */
export async function lintFiles({ type, format, account, files }: Options): Promise<number> {
  const facts = account === undefined ? {} : { accountId: account }
  const read = (await readFiles(files)).map((file) => ({
    ...file,
    findings: file.text === null ? [] : lintPolicy(file.text, type, facts),
  }))
  if (type === 'key' && account === undefined)
    process.stderr.write(
      'policy: no --account given: which principals are external is taken from the policy itself, or not known.\n',
    )
  if (format === 'json') {
    process.stdout.write(
      `${JSON.stringify(
        read.map(({ file, failure, findings }) => ({ file, failure, findings })),
        null,
        2,
      )}\n`,
    )
  } else if (format === 'sarif') {
    const results = read.flatMap(({ file, findings }) =>
      findings.map((finding) => ({
        ...finding,
        file,
        level: levels[finding.severity],
        message: `${finding.message} ${finding.fix}`,
      })),
    )
    process.stdout.write(`${JSON.stringify(makeSarif(results), null, 2)}\n`)
  } else
    for (const { file, findings } of read)
      for (const finding of findings) process.stdout.write(`${sayFinding(file, finding)}\n`)
  for (const { file, failure } of read)
    if (failure !== null) process.stderr.write(`${file}: cannot be read: ${failure}\n`)
  return Math.max(
    ...read.map(({ failure, findings }) => (failure === null ? statusOfFindings(findings) : 3)),
  )
}

function statusOfFindings(findings: readonly LintFinding[]): number {
  if (findings.some(({ code }) => code === 'JSON_SYNTAX_ERROR')) return 3
  return Math.max(0, ...findings.map(({ severity }) => statusOf[severity]))
}

function sayFinding(
  file: string,
  { range, severity, code, id, path, message, fix }: LintFinding,
): string {
  const place = `${file}:${range.start.line}:${range.start.column}`
  const what = `${code}${id === null ? '' : ` (${id})`}${path === '' ? '' : ` at ${path}`}`
  return `${place}: ${severity} ${what}: ${message} ${fix}`
}
