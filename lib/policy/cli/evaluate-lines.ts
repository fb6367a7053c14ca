import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { once } from 'node:events'
import type { Case, PolicyInput } from '../case'
import type { PolicyDocument, PolicyType } from '../document'
import type { Answer } from '../answer'
import { decide, evaluate } from '../evaluate'
import { parsePolicy, parsePolicyValue } from '../parse'
import { readCase } from '../read-case'

/**
 * One JSON case a line in, one JSON answer a line out, in order. 1 if a line was no case.
 * Empty lines are passed over.
 */
export async function evaluateLines(input: Readable, output: Writable): Promise<number> {
  let status = 0
  let waiting = ''
  const cache = new PolicyCache()
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    if (line.trim() === '') continue
    const { text, failed } = answerLine(line, cache)
    if (failed) status = 1
    waiting += `${text}\n`
    if (waiting.length < 1 << 14) continue
    const ready = output.write(waiting)
    waiting = ''
    if (!ready) await once(output, 'drain')
  }
  if (waiting !== '') await new Promise<void>((resolve) => output.write(waiting, () => resolve()))
  return status
}

function answerLine(line: string, cache: PolicyCache): { text: string; failed: boolean } {
  try {
    const value: unknown = JSON.parse(line)
    const given = cache.parse(readCase(value))
    const answer = evaluate(given)
    const assumed = listAssumed(given, answer)
    return {
      text: JSON.stringify(assumed.length > 0 ? { ...answer, assumed } : answer),
      failed: false,
    }
  } catch (error) {
    // A line that is no JSON and one that is no case both say why; nothing else is thrown here.
    return {
      text: JSON.stringify({ error: error instanceof Error ? error.message : String(error) }),
      failed: true,
    }
  }
}

/**
 * Inputs that were left out and taken as "there is none", where the answer is no for that reason
 * only. Several can be needed together, such as both accounts' policies: each counts with which
 * some of the others would leave the answer open.
 */
function listAssumed(given: Case, { result, explicitDeny }: Answer): string[] {
  if (result !== 'deny' || explicitDeny) return []
  const omitted = (['identityPolicies', 'grants', 'keyPolicy'] as const).filter(
    (name) => given[name] === undefined,
  )
  const isDenied = (unknown: readonly string[]) =>
    decide({ ...given, ...Object.fromEntries(unknown.map((name) => [name, null])) }).result ===
    'deny'
  if (isDenied(omitted)) return []
  const open = subsetsOf(omitted).filter((names) => !isDenied(names))
  return omitted.filter((name) =>
    open.some((names) => names.includes(name) && isDenied(names.filter((other) => other !== name))),
  )
}

const subsetsOf = (names: readonly string[]): string[][] =>
  names.reduce<string[][]>((all, name) => [...all, ...all.map((some) => [...some, name])], [[]])

/** Pipelines ask about the same policies again and again: each is parsed once. */
class PolicyCache {
  private readonly documents = new Map<string, PolicyDocument>()

  parse(given: Case): Case {
    const list = (inputs: readonly PolicyInput[] | null | undefined, type: PolicyType) =>
      inputs?.map((input) => this.read(input, type)) ?? inputs
    const levels = (all: Case['serviceControlPolicies'], type: PolicyType) =>
      all?.map((level) => list(level, type) ?? null) ?? all
    return {
      ...given,
      keyPolicy: given.keyPolicy === undefined ? undefined : this.read(given.keyPolicy, 'key'),
      identityPolicies: list(given.identityPolicies, 'identity'),
      permissionBoundaries: list(given.permissionBoundaries, 'boundary'),
      sessionPolicies: list(given.sessionPolicies, 'session'),
      serviceControlPolicies: levels(given.serviceControlPolicies, 'scp'),
      resourceControlPolicies: levels(given.resourceControlPolicies, 'rcp'),
      vpcEndpointPolicies: list(given.vpcEndpointPolicies, 'endpoint'),
    }
  }

  private read(input: PolicyInput, type: PolicyType): PolicyInput {
    if (input === null) return null
    const key = `${type} ${typeof input === 'string' ? `text ${input}` : JSON.stringify(input)}`
    let document = this.documents.get(key)
    if (!document) {
      if (this.documents.size >= 500) this.documents.clear()
      document =
        typeof input === 'string' ? parsePolicy(input, type) : parsePolicyValue(input, type)
      this.documents.set(key, document)
    }
    return document
  }
}
