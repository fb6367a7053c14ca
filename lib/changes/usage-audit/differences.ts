import type { Content, Use } from './content'

/** How a section differs from what was kept. */
export type SectionDifference = {
  section: string
  added: number
  gone: number
  /** The first lines, each with its sign. */
  lines: readonly string[]
}

const shownLines = 10

const useLine = (use: Use) =>
  [
    use.key,
    use.principal,
    use.operation,
    use.via,
    use.resource,
    use.outcome,
    use.error,
    `${use.calls} calls`,
    `${use.firstAt} to ${use.lastAt}`,
  ]
    .filter((part) => part !== null)
    .join(' · ')

/** Compares what was found again with what was kept, section by section. Pure. */
export function differencesOf(kept: Content, again: Content): SectionDifference[] {
  return [
    compare('Coverage', kept.coverage, again.coverage, (one) =>
      [one.accountId, one.region, `${one.window.wholeHours} whole hours`].join(' · '),
    ),
    compare('Use', kept.uses, again.uses, useLine),
    compare('Networks', kept.networks ?? [], again.networks ?? [], (one) =>
      [one.key, one.principal, one.sourceIp, one.vpcEndpoint, `${one.calls} calls`]
        .filter((part) => part !== null)
        .join(' · '),
    ),
    compare('Changes requested here', kept.changes, again.changes, (one) =>
      [one.request, one.title, one.key, one.appliedAt].join(' · '),
    ),
    compare('Changes in CloudTrail', kept.mutations, again.mutations, (one) =>
      [one.at, one.operation, one.key, one.principal, one.event].join(' · '),
    ),
  ].filter(({ added, gone }) => added + gone > 0)
}

function compare<T>(
  section: string,
  kept: readonly T[],
  again: readonly T[],
  lineOf: (one: T) => string,
): SectionDifference {
  const textsOf = (list: readonly T[]) => new Map(list.map((one) => [JSON.stringify(one), one]))
  const [before, after] = [textsOf(kept), textsOf(again)]
  const added = [...after].filter(([text]) => !before.has(text)).map(([, one]) => one)
  const gone = [...before].filter(([text]) => !after.has(text)).map(([, one]) => one)
  return {
    section,
    added: added.length,
    gone: gone.length,
    lines: [
      ...gone.slice(0, shownLines).map((one) => `− ${lineOf(one)}`),
      ...added.slice(0, shownLines).map((one) => `+ ${lineOf(one)}`),
    ],
  }
}
