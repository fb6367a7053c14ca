import type { PolicyDocument, PolicyType } from '../policy/document'
import { parsePolicy } from '../policy/parse'

/** Documents that were parsed, newest last: thousands of principals share a few hundred texts. */
const parsed = new Map<string, PolicyDocument>()
const most = 5_000

/** Parses a text once. The evaluator keeps what it made of a document with the document. */
export function parsedPolicy(text: string, type: PolicyType): PolicyDocument {
  const name = `${type} ${text}`
  const known = parsed.get(name)
  if (known) return known
  const document = parsePolicy(text, type)
  parsed.set(name, document)
  for (const oldest of parsed.keys()) {
    if (parsed.size <= most) break
    parsed.delete(oldest)
  }
  return document
}
