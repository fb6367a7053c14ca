import { createHash } from 'node:crypto'
import type { LocalPerson } from './people'

const escape = (text: string) => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`)

const style = `
:root { color-scheme: light dark }
:root { --ink: #10231f; --paper: #ffffff; --soft: #4c5f5a }
:root { --line: #ccd8d4; --wash: #eef5f3; --mark: #0a6a5c }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8efed; --paper: #15211e; --soft: #a9bab5 }
  :root { --line: #33463f; --wash: #1d2e29; --mark: #5fd0b9 }
}
* { box-sizing: border-box }
body { margin: 0; font: 16px/1.5 "Open Sans", "Segoe UI", system-ui, sans-serif }
body { color: var(--ink); background: var(--paper) }
main { max-width: 640px; margin: 0 auto; padding: 40px 16px }
h1 { font-size: 1.5rem; margin: 0 0 4px }
p { margin: 0 0 24px; color: var(--soft) }
ul { list-style: none; margin: 0; padding: 0; display: grid; gap: 8px }
button { width: 100%; text-align: start; font: inherit; color: inherit; cursor: pointer }
button { padding: 10px 14px; border: 1px solid var(--line); border-radius: 8px }
button { background: var(--paper) }
button:hover { background: var(--wash); border-color: var(--mark) }
button:focus-visible { outline: 3px solid var(--mark); outline-offset: 2px }
strong { display: block } small { display: block; color: var(--soft) } code { font-size: .85em }
`

/**
 * The pages load nothing; their one style is allowed by its hash. `goesTo`: where the form
 * leads after all redirects.
 */
export const contentSecurityPolicy = (goesTo: string): string =>
  "default-src 'none'; style-src " +
  `'sha256-${createHash('sha256').update(style).digest('base64')}'; form-action 'self' ` +
  `${goesTo}; frame-ancestors 'none'; base-uri 'none'`

const layout = (title: string, body: string) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title><style>${style}</style></head>
<body><main>${body}</main></body></html>`

export function pickPage(action: string, people: readonly LocalPerson[]): string {
  const rows = people.map(({ id, name, work, groups }) => {
    const member =
      groups.length > 0 ? `Groups: <code>${groups.map(escape).join(', ')}</code>` : 'No groups'
    return (
      `<li><button name="person" value="${escape(id)}"><strong>${escape(name)}</strong>` +
      `<span>${escape(work)}</span>\n<small>${member}</small></button></li>`
    )
  })
  return layout(
    'Pick a person',
    `<h1>Sign in as</h1>
<p>This identity provider runs on this machine, for trying things out: its people are made up,
and none has a password.</p>
<form method="post" action="${escape(action)}"><ul>${rows.join('\n')}</ul></form>`,
  )
}

export const errorPage = (what: string): string =>
  layout(
    'Sign-in did not work',
    `<h1>Sign-in did not work</h1><p>${escape(what)}</p><p>Go back to the console and sign in again.</p>`,
  )
