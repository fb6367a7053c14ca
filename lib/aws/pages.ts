/**
 * The parts of KMS's list answers that paging needs (aws-facts 1.9): loop on
 * Truncated, never on how many came.
 */
type Page = { Truncated?: boolean; NextMarker?: string }

/**
 * Page after page until AWS says there is no more. Throws what `fetch` throws: a listing
 * that broke off has no end.
 */
export async function* listPages<P extends Page>(
  fetch: (marker: string | undefined) => Promise<P>,
): AsyncGenerator<P> {
  const seen = new Set<string>()
  for (let marker: string | undefined; ; ) {
    const page = await fetch(marker)
    yield page
    if (!page.Truncated) return
    if (!page.NextMarker || seen.has(page.NextMarker))
      throw new Error('the listing is cut short: Truncated, without a new NextMarker')
    seen.add((marker = page.NextMarker))
  }
}

/** The same for NextToken, whose absence ends the list; a page may be empty. */
export async function* listTokenPages<P>(
  fetch: (token: string | undefined) => Promise<P>,
  tokenOf: (page: P) => string | undefined,
): AsyncGenerator<P> {
  const seen = new Set<string>()
  for (let token: string | undefined; ; ) {
    const page = await fetch(token)
    yield page
    const next = tokenOf(page)
    if (!next) return
    if (seen.has(next)) throw new Error('the listing is cut short: the same token came twice')
    seen.add((token = next))
  }
}
