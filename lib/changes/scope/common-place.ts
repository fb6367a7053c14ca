type Placed = { accountId: string | null; keyArn: string | null }

/**
 * Returns the account and the key that all of these are about: what an entry of the audit log is
 * found by. Pure.
 */
export function commonPlace(changes: readonly Placed[]): { accountId?: string; keyArn?: string } {
  const [first] = changes
  const same = (name: keyof Placed) =>
    first?.[name] != null && changes.every((one) => one[name] === first[name])
      ? first[name]
      : undefined
  return { accountId: same('accountId'), keyArn: same('keyArn') }
}
