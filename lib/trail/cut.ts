/**
 * Cuts the records out of a CloudTrail log file, `{"Records":[{…},{…}]}`, as its bytes come, and
 * passes over those of other services without parsing them: most of a trail is not about KMS. Pure.
 */

const quote = 0x22
const backslash = 0x5c
const openBrace = 0x7b
const closeBrace = 0x7d
const openBracket = 0x5b
const comma = 0x2c
const space = 0x20

/** Every record of KMS has it; a few others too, which are told apart once they are parsed. */
const needle = Buffer.from('kms.amazonaws.com')
/** AWS bounds an event to 256 KB; what is far longer is no record and is not held in memory. */
const longest = 1_048_576
/** Before the first record stands nothing but its list's name. */
const longestHead = 4_096
const head = /^\uFEFF?\s*\{\s*"Records"\s*:\s*\[$/

export type CutProblem = 'empty' | 'notCloudTrail' | 'digest' | 'brokenOff' | 'strays'

export class RecordCutter {
  /** Records of any service so far. */
  records = 0
  /** Records that are longer than one can be, of which nobody can say whose they are. */
  tooLarge = 0
  #rest: Buffer | null = null
  /** Of the unfinished record: what was looked at, how deep it is, whether within a text. */
  #seen = 0
  #depth = 0
  #inText = false
  #isSkipping = false
  #state: 'head' | 'records' | 'closed' | CutProblem = 'head'
  #hasStrays = false

  /** Takes the next bytes. Returns the texts of the records that might be of KMS. */
  push(chunk: Buffer): string[] {
    const bytes = this.#rest === null ? chunk : Buffer.concat([this.#rest, chunk])
    this.#rest = null
    if (this.#state === 'head') return this.#readHead(bytes)
    return this.#state === 'records' ? this.#cut(bytes) : []
  }

  /** Returns what is wrong with the file, once all of it was given; null: nothing. */
  problem(): CutProblem | null {
    switch (this.#state) {
      case 'head':
        return this.#rest === null ? 'empty' : 'notCloudTrail'
      case 'records':
        return 'brokenOff'
      case 'closed':
        return this.#hasStrays ? 'strays' : null
      default:
        return this.#state
    }
  }

  #readHead(bytes: Buffer): string[] {
    const bracket = bytes.indexOf(openBracket)
    const end = bracket < 0 ? bytes.length : bracket + 1
    const text = bytes.toString('utf8', 0, Math.min(end, longestHead))
    if (bracket < 0 && end < longestHead) {
      if (bytes.length > 0) this.#rest = bytes
      return []
    }
    if (!head.test(text)) {
      this.#state = text.includes('"digestEndTime"') ? 'digest' : 'notCloudTrail'
      return []
    }
    this.#state = 'records'
    return this.#cut(bytes.subarray(end))
  }

  #cut(bytes: Buffer): string[] {
    const found: string[] = []
    const end = bytes.length
    let at = this.#seen
    let depth = this.#depth
    let start = 0
    let next = -1
    if (this.#inText) at = afterText(bytes, at, end)
    while (at >= 0 && at < end) {
      if (depth === 0) at = this.#findRecord(bytes, at, end)
      else at = nextBracket(bytes, at, end)
      if (at < 0 || at >= end) break
      if (isOpening(bytes[at])) {
        if (depth++ === 0) start = at
      } else if (--depth < 0) {
        this.#state = 'closed'
        return found
      } else if (depth === 0) {
        if (next < start) next = indexOf(bytes, start)
        if (next < at) found.push(...this.#take(bytes, start, at + 1))
        this.#count()
      }
      at++
    }
    this.#keep(bytes, { start, at: at < 0 ? ~at : at, depth, inText: at < 0 })
    return found
  }

  /** Where the next record or the end of the list is; what else stands there is noted. */
  #findRecord(bytes: Buffer, from: number, end: number): number {
    const at = nextBracket(bytes, from, end)
    const last = at < 0 ? ~at : at
    for (let one = from; one < last && one < end && !this.#hasStrays; one++) {
      const byte = bytes[one] ?? 0
      this.#hasStrays = byte !== comma && byte > space
    }
    return at
  }

  #take(bytes: Buffer, start: number, end: number): string[] {
    return this.#isSkipping ? [] : [bytes.toString('utf8', start, end)]
  }

  #count(): void {
    this.records++
    if (this.#isSkipping) this.tooLarge++
    this.#isSkipping = false
  }

  /** Keeps what is needed of an unfinished record until more comes. */
  #keep(
    bytes: Buffer,
    { start, at, depth, inText }: { start: number; at: number; depth: number; inText: boolean },
  ): void {
    this.#depth = depth
    this.#inText = inText
    // An escape at the end of the bytes takes the first of the next.
    const over = at - bytes.length
    if (depth === 0) {
      this.#rest = null
      this.#seen = over
      return
    }
    const rest = bytes.subarray(start)
    this.#isSkipping ||= rest.length > longest
    this.#rest = this.#isSkipping ? null : Buffer.from(rest)
    this.#seen = (this.#rest?.length ?? 0) + over
  }
}

/** Where the next record of KMS might be; beyond the end: in none of these bytes. */
function indexOf(bytes: Buffer, from: number): number {
  const found = bytes.indexOf(needle, from)
  return found < 0 ? bytes.length : found
}

const isOpening = (byte: number | undefined) => byte === openBrace || byte === openBracket

/**
 * Where the next bracket beyond texts is; `end` or more: there is none. Below zero: the bytes end
 * within a text, and its inverse is where to go on. Never reads beyond the end: that would make
 * every read of this loop a slow one.
 */
function nextBracket(bytes: Uint8Array, from: number, end: number): number {
  let at = from
  while (at < end) {
    const byte = bytes[at] ?? 0
    if (byte === quote) {
      at++
      while (at < end) {
        const letter = bytes[at]
        if (letter === quote) break
        at += letter === backslash ? 2 : 1
      }
      if (at >= end) return ~at
    } else {
      // The braces and the brackets differ in one bit.
      const folded = byte | 0x20
      if (folded === openBrace || folded === closeBrace) return at
    }
    at++
  }
  return at
}

/** Where to go on behind the text that `from` is within; below zero: it does not end here. */
function afterText(bytes: Uint8Array, from: number, end: number): number {
  let at = from
  while (at < end) {
    const letter = bytes[at]
    if (letter === quote) return at + 1
    at += letter === backslash ? 2 : 1
  }
  return ~at
}
