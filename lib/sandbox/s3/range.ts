import { AwsError } from '../call'

type Range = { from: number; to: number }

/**
 * Reads `bytes=0-9`, `bytes=10-` or `bytes=-5`; null for anything else, which S3 answers with the
 * whole object. Throws InvalidRange for what lies behind its end.
 */
export function readRange(text: string | undefined, size: number): Range | null {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(text ?? '') ?? []
  if (first === '' && last === '') return null
  const from = first === '' ? Math.max(0, size - Number(last)) : Number(first)
  const to = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1)
  if (first !== '' && last !== '' && Number(last) < from) return null
  if (from >= size || (first === '' && Number(last) === 0))
    throw new AwsError('InvalidRange', 'The requested range is not satisfiable', 416, {
      'content-range': `bytes */${size}`,
    })
  return { from, to }
}
