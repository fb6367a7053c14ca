import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'

const root = path.resolve(import.meta.dirname, '..')

/**
 * Migrations that were applied before the fact sheet's facts came into the READMEs. The database
 * keeps their checksums, so that not even a comment in them can change.
 */
const frozen = new Set([
  'prisma/migrations/20261122023444_changes/migration.sql',
  'prisma/migrations/20261122030600_grant_rows/migration.sql',
])
const isText = (file: string) => !/\.(?:png|ico|woff2?)$|^package-lock\.json$/u.test(file)
const isFile = (at: string) => statSync(at, { throwIfNoEntry: false })?.isFile() === true

const list = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
const files = list
  .split('\0')
  .filter((file) => isText(file) && isFile(path.join(root, file)))
  .map((file) => ({ file, text: readFileSync(path.join(root, file), 'utf8') }))

/** What engineers of this project have beside it, and nobody else has. */
const outside =
  /aws-fact[s]|\b(?:house|recipes|rules|screens|words|stack)[.]md\b|\bseen[/]\w+[.]md|(?<![\w.])\/work[/](?:shared|main|wt)\b/u

it('the repo stands alone: no file names one that is outside of it', () => {
  expect(files.length).toBeGreaterThan(1_000)
  const naming = files.filter(({ file, text }) => !frozen.has(file) && outside.test(text))
  expect(naming.map(({ file }) => file)).toEqual([])
})

const headings = new Map(
  files
    .filter(({ file }) => file.endsWith('.md'))
    .map(({ file, text }) => [
      file,
      [...text.matchAll(/^#+ (.+)$/gmu)].map(([, heading]) => heading ?? ''),
    ]),
)
/** A comment as one line: a reference goes on after a line's end. */
const joined = (text: string) => text.replaceAll(/\n[ \t]*(?:\*(?!\/)|\/{2,}|--)?[ \t]*/gu, ' ')

/** How a comment names a section: the README's path from the root, a comma, the heading quoted. */
const reference = /((?:[\w.-]+\/)*README\.md)(?:, "([^"]+)")?/gu

it('each README and each section of one that a comment names is there', () => {
  const named = files
    .filter(({ file }) => !file.endsWith('.md') && file !== 'lib/stands-alone.test.ts')
    .flatMap(({ file, text }) =>
      [...joined(text).matchAll(reference)].map(([, readme = '', section]) => ({
        file,
        readme,
        section,
      })),
    )
  const missing = named.filter(({ readme, section }) => {
    const there = headings.get(readme)
    return !there || (section !== undefined && !there.includes(section))
  })
  expect(missing).toEqual([])
  expect(named.filter(({ section }) => section !== undefined).length).toBeGreaterThan(50)
})

const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} -]/gu, '')
    .replaceAll(' ', '-')

it('each link from one file of documentation to another leads somewhere', () => {
  const links = files
    .filter(({ file }) => file.endsWith('.md'))
    .flatMap(({ file, text }) =>
      [...text.matchAll(/\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)/gu)].map(
        ([, to = '', anchor]) => ({
          file,
          to: path.posix.normalize(path.posix.join(path.posix.dirname(file), to)),
          anchor,
        }),
      ),
    )
  const broken = links.filter(({ file, to, anchor }) => {
    if (!existsSync(path.join(root, to))) return true
    const at = path.posix.basename(to) === '.' ? file : to
    return anchor !== undefined && !(headings.get(at) ?? []).map(anchorOf).includes(anchor)
  })
  expect(broken).toEqual([])
  expect(links.length).toBeGreaterThan(20)
})

it('each path of the repo that the documentation names is there', () => {
  const named = files
    .filter(({ file }) => file.endsWith('.md'))
    .flatMap(({ file, text }) =>
      [...text.matchAll(/`((?:app|components|e2e|lib|prisma|public)\/[\w./()[\]-]+)`/gu)].map(
        ([, to = '']) => ({ file, to }),
      ),
    )
  expect(named.filter(({ to }) => !existsSync(path.join(root, to)))).toEqual([])
  expect(named.length).toBeGreaterThan(20)
})
