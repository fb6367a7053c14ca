export type ExportFormat = 'csv' | 'json'

const types: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv; charset=utf-8',
  json: 'application/json; charset=utf-8',
}

export const toDownload = (
  pieces: AsyncGenerator<string, undefined>,
  name: string,
  format: ExportFormat,
): Response => toAttachment(pieces, types[format], `${name}.${format}`)

/** A download that is made as it is read, so that a large table is never whole in memory. */
export function toAttachment(
  pieces: AsyncGenerator<string, undefined>,
  type: string,
  fileName: string,
): Response {
  const encoder = new TextEncoder()
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await pieces.next()
      if (done) controller.close()
      else controller.enqueue(encoder.encode(value))
    },
    async cancel() {
      await pieces.return(undefined)
    },
  })
  return new Response(body, {
    headers: {
      'content-type': type,
      'content-disposition': `attachment; filename="${fileName}"`,
      'cache-control': 'private, no-store',
    },
  })
}

/** A JSON array, an element a line. */
export async function* jsonArray<T>(
  batches: AsyncIterable<readonly T[]>,
  toObject: (row: T) => unknown,
): AsyncGenerator<string, undefined> {
  let isFirst = true
  yield '[\n'
  for await (const batch of batches) {
    if (batch.length === 0) continue
    yield `${isFirst ? '' : ',\n'}${batch.map((row) => JSON.stringify(toObject(row))).join(',\n')}`
    isFirst = false
  }
  yield '\n]\n'
}
