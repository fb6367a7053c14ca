type Named = {
  keyId: string
  accountId: string
  region: string
  aliases: readonly string[]
}

const aliasArn = /^arn:[^:]+:kms:([^:]+):(\d{12}):(alias\/.+)$/

/**
 * Returns the keys that a text names whole: by id, by alias with or without `alias/`, or by the ARN
 * of an alias, which says account and Region too. An alias may be of another key in each Region.
 */
export function keysNamed<Key extends Named>(text: string, keys: readonly Key[]): Key[] {
  const name = text.trim()
  const [, region, accountId, alias] = aliasArn.exec(name) ?? []
  if (alias)
    return keys.filter(
      (key) => key.region === region && key.accountId === accountId && key.aliases.includes(alias),
    )
  const asAlias = name.startsWith('alias/') ? name : `alias/${name}`
  return keys.filter((key) => key.keyId === name || key.aliases.includes(asAlias))
}
