/** `a`, `a and b`, `a, b and c`; of more than `most` only the first, and how many more. */
export function joinPhrases(
  items: readonly string[],
  word: 'and' | 'or' | 'nor' = 'and',
  most = 8,
): string {
  const shown = items.length > most + 1 ? items.slice(0, most) : [...items]
  if (shown.length < items.length)
    return `${shown.join(', ')} ${word} ${items.length - shown.length} more`
  const last = shown.pop() ?? ''
  return shown.length > 0 ? `${shown.join(', ')} ${word} ${last}` : last
}

export function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

export function quote(text: string): string {
  return `"${text.length > 200 ? `${text.slice(0, 200)}…` : text}"`
}
