import type { JsonNode, PolicyDocument, PolicyStatement, StatementElementName } from '../document'

/**
 * The JSON of an element of a statement: for what the parsed form does not keep,
 * such as lists without values.
 */
export function findElement(
  document: PolicyDocument,
  statement: PolicyStatement,
  name: StatementElementName,
): JsonNode | null {
  const statements = findMember(document.root, 'Statement')
  return findMember(
    (statements?.kind === 'array' ? statements.items[statement.index] : statements) ?? null,
    name,
  )
}

/** Of several of the same name the last counts. */
function findMember(node: JsonNode | null, name: string): JsonNode | null {
  return node?.kind === 'object'
    ? (node.members.findLast((member) => member.name === name)?.value ?? null)
    : null
}
