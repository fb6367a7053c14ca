import type { PolicyDocument, PolicyType } from './document'

/** Never throws: what cannot be read becomes a problem with its place. */
export function parsePolicy(text: string, type: PolicyType): PolicyDocument {
  return { type, text, root: null, version: null, id: null, variables: false, statements: [], problems: [], broken: true }
}
