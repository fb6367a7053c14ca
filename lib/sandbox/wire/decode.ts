import { AwsError, type Input, type Json } from '../call'
import type { Protocol, ServiceDefinition } from '../services'
import { decodeCbor } from './cbor'
import { typedInput } from './query-types'

/**
 * The operation's input from the body. JSON that is none, or no object, is a
 * SerializationException.
 */
export function decodeInput(service: ServiceDefinition, protocol: Protocol, body: Buffer): Input {
  if (protocol === 'query' || protocol === 'ec2') {
    const input = unflatten(new URLSearchParams(body.toString()))
    return service.protocol === 'json' ? typedInput(input) : input
  }
  if (body.length === 0) return {}
  const value = parse(protocol, body)
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw new AwsError('SerializationException', '')
  return value
}

function parse(protocol: Protocol, body: Buffer): Json {
  try {
    return protocol === 'cbor' ? decodeCbor(body) : JSON.parse(body.toString('utf8'))
  } catch {
    throw new AwsError('SerializationException', '')
  }
}

type Tree = Map<string, Tree | string>

/** `PolicyArns.member.1.arn=x` to `{PolicyArns: [{arn: 'x'}]}`; every leaf stays text. */
function unflatten(form: URLSearchParams): Input {
  const root: Tree = new Map()
  for (const [name, value] of form) {
    if (name === 'Action' || name === 'Version') continue
    const path = name.split('.')
    let at = root
    for (const step of path.slice(0, -1)) {
      const next = at.get(step)
      const tree: Tree = next instanceof Map ? next : new Map()
      at.set(step, tree)
      at = tree
    }
    at.set(path.at(-1) ?? '', value)
  }
  return plainObject(root)
}

function plainObject(tree: Tree): Input {
  return Object.fromEntries(Array.from(tree, ([name, value]) => [name, plain(value)]))
}

function plain(value: Tree | string): Json {
  if (typeof value === 'string') return value
  const list = value.get('member') ?? value.get('entry') ?? (isNumbered(value) ? value : undefined)
  if (list instanceof Map)
    return Array.from(list)
      .sort(([a], [b]) => Number(a) - Number(b))
      .map(([, item]) => plain(item))
  return plainObject(value)
}

/** EC2 numbers the items of a list right under its name: `RegionName.1=x`. */
const isNumbered = (tree: Tree) =>
  tree.size > 0 && Array.from(tree.keys()).every((name) => /^\d+$/.test(name))
