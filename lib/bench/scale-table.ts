import type { Figure } from './scale-ask'

export const tableHead = [
  '| what | who | status | n | p50 / p95 ms | PG ms p95 | statements | blocks | rows | kB / wire | load | above |',
  '|---|---|---|---|---|---|---|---|---|---|---|---|',
].join('\n')

const count = (value: number) => Math.round(value).toLocaleString('en-US')

export function formatFigure(figure: Figure, load: string): string {
  const { who, address, status, asked, p50, p95, cost, broken } = figure
  const cells = [
    address.path.replaceAll('|', '\\|'),
    who,
    status,
    asked,
    `${count(p50)} / ${count(p95)}`,
    count(figure.postgresP95),
    cost.statements,
    count(cost.blocks),
    count(cost.rows),
    `${count(figure.kilobytes)} / ${count(figure.wireKilobytes)}`,
    load,
    broken.join(', '),
  ]
  return `| ${cells.join(' | ')} |`
}

/** The dearest statements of what is above its bound: where to begin. */
export function formatDearest(figures: readonly Figure[]): string[] {
  return figures
    .filter(({ broken }) => broken.length > 0)
    .flatMap(({ address, who, dearest }) => [
      `\n### ${address.path} (${who})`,
      ...dearest.map(
        ({ query, calls, rows, blocks, ms }) =>
          `- ${calls} x, ${count(ms)} ms, ${count(blocks)} blocks, ${count(rows)} rows: ` +
          query.replace(/\s+/g, ' ').slice(0, 600),
      ),
    ])
}
