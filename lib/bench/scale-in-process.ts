// Asks doors without a web server: the functions that Next would call, with its requests' shape.
import { existsSync } from 'node:fs'
import path from 'node:path'
import { rootDir } from '../launch/paths.mjs'

export type Told = {
  status: number
  bytes: number
  /** The code of a page's failure; null: it was shown. */
  failure: string | null
}

type Handler = (
  request: Request,
  context: { params: Promise<Record<string, string>> },
) => Promise<Response>
type Page = (props: {
  params: Promise<Record<string, string>>
  searchParams: Promise<Record<string, string>>
}) => Promise<unknown>

const isFunction = (value: unknown): value is (...given: never[]) => unknown =>
  typeof value === 'function'
const isHandler = (value: unknown): value is Handler => isFunction(value)
const isPage = (value: unknown): value is Page => isFunction(value)

const groups = ['(console)', '(auth)', '']

/** The module of a door as Next's router finds it; null: it is no page or handler of ours. */
async function loadDoor(door: string, file: 'page.tsx' | 'route.ts'): Promise<object | null> {
  const places = groups.map((group) => path.join(rootDir, 'app', group, door, file))
  const found = places.find((place) => existsSync(place))
  const loaded: unknown = found ? await import(/* @vite-ignore */ found) : null
  return typeof loaded === 'object' ? loaded : null
}

/** What the brackets of a door stand for in an address of it. */
function paramsOf(door: string, pathname: string): Record<string, string> {
  const given = pathname.split('/')
  const named = door.split('/').flatMap((part, at) => {
    const [, name] = /^\[(\w+)\]$/.exec(part) ?? []
    return name ? [[name, decodeURIComponent(given[at] ?? '')]] : []
  })
  return Object.fromEntries(named)
}

/** @returns null for what only Next answers: an icon, a sign-in, a page that is not there */
export async function askInProcess(door: string, address: string): Promise<Told | null> {
  const url = new URL(address, 'http://localhost:3000')
  const params = Promise.resolve(paramsOf(door, url.pathname))
  if (door.startsWith('/api/')) {
    const route = await loadDoor(door, 'route.ts')
    const handler = route && 'GET' in route ? route.GET : null
    if (!isHandler(handler) || door.startsWith('/api/auth/')) return null
    const answer = await handler(new Request(url), { params })
    const bytes = await sizeOf(answer)
    return { status: answer.status, bytes, failure: null }
  }
  const module = await loadDoor(door, 'page.tsx')
  const show = module && 'default' in module ? module.default : null
  if (!isPage(show) || door.includes('[...')) return null
  const search = Object.fromEntries(url.searchParams)
  const shown = await show({ params, searchParams: Promise.resolve(search) })
  return { status: 200, bytes: JSON.stringify(shown).length, failure: failureIn(shown) }
}

async function sizeOf(answer: Response): Promise<number> {
  let bytes = 0
  for await (const part of answer.body ?? []) bytes += part.length
  return bytes
}

function failureIn(shown: unknown): string | null {
  const props = read(shown, 'props')
  const code = read(read(props, 'failure'), 'code')
  return typeof code === 'string' ? code : null
}

const read = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
