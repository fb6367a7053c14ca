import type { Range } from '../document'

export interface SarifResult {
  file: string
  code: string
  level: 'error' | 'warning' | 'note'
  message: string
  range: Range
  path: string
  /** Among the rules of findings, and how lint graded it. */
  id?: string | null
  severity?: string
}

/** SARIF 2.1.0, as code scanning services take it. Columns count UTF-16 units. */
export function makeSarif(results: readonly SarifResult[]): object {
  const rules = [...new Set(results.map(({ code }) => code))].sort()
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'claviger-policy',
            informationUri:
              'https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html',
            rules: rules.map((id) => ({ id })),
          },
        },
        columnKind: 'utf16CodeUnits',
        results: results.map((result) => ({
          ruleId: result.code,
          ruleIndex: rules.indexOf(result.code),
          level: result.level,
          message: { text: result.message },
          ...(result.severity === undefined
            ? {}
            : { properties: { severity: result.severity, rule: result.id ?? null } }),
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: result.file === '-' ? 'stdin' : result.file },
                region: regionOf(result.range),
              },
              logicalLocations: [{ fullyQualifiedName: result.path }],
            },
          ],
        })),
      },
    ],
  }
}

function regionOf({ start, end }: Range): object {
  return {
    startLine: start.line,
    startColumn: start.column,
    endLine: end.line,
    endColumn: end.column,
    charOffset: start.offset,
    charLength: end.offset - start.offset,
  }
}
