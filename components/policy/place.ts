/** Where in a JSON document, perhaps half written, a cursor stands. */
export type Place = {
  /**
   * Names of the members around it, outermost first: ['Statement', 'Condition', 'StringEquals'].
   */
  path: readonly string[]
  /** A member's name is written here, not a value. */
  isName: boolean
  /** Whether the cursor is within quotation marks. */
  quoted: boolean
  /** Where the text before the cursor begins, inside the quotation mark. */
  from: number
}

type Frame = { isArray: boolean; name: string | null; awaitsName: boolean }

export function placeAt(text: string, position: number): Place {
  const frames: Frame[] = []
  const place = (quoted: boolean, from: number): Place => {
    const top = frames.at(-1)
    const isName = top !== undefined && !top.isArray && top.awaitsName
    const around = isName ? frames.slice(0, -1) : frames
    return {
      path: around.flatMap(({ isArray, name }) => (isArray || name === null ? [] : [name])),
      isName,
      quoted,
      from,
    }
  }
  for (let i = 0; i < position; i++) {
    const top = frames.at(-1)
    switch (text[i]) {
      case '"': {
        const end = endOfString(text, i)
        if (position <= end) return place(true, i + 1)
        if (top?.awaitsName) top.name = text.slice(i + 1, end)
        i = end
        break
      }
      case '{':
        frames.push({ isArray: false, name: null, awaitsName: true })
        break
      case '[':
        frames.push({ isArray: true, name: null, awaitsName: false })
        break
      case '}':
      case ']':
        frames.pop()
        break
      case ':':
        if (top) top.awaitsName = false
        break
      case ',':
        if (top && !top.isArray) top.awaitsName = true
        break
    }
  }
  return place(false, position)
}

/** The closing quotation mark, or the end of the line where it is missing. */
function endOfString(text: string, start: number): number {
  let i = start + 1
  while (i < text.length && text[i] !== '"' && text[i] !== '\n') i += text[i] === '\\' ? 2 : 1
  return i
}
