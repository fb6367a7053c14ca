/** What a message says, whichever way it goes. `link` is the full address of what it is about. */
export type Message = {
  /** The same at every try: by it a receiver knows what it has already. */
  id: string
  event: string
  requestId: string | null
  title: string
  body: string
  link: string
  needsAction: boolean
  createdAt: Date
}

/** Slack refuses a section of more than 3,000 characters, escapes counted. */
const slackTitleLength = 300
const slackBodyLength = 2_800

/**
 * What incoming webhooks of Slack and its likes take. Words of people and of AWS cannot
 * make a link, mention anybody (`<!channel>`, `<@U1>`; Mattermost and others also read
 * a bare `@all`) or hide one.
 */
export function slackMessage({ title, body, link, needsAction }: Message): {
  headers: Record<string, string>
  body: string
} {
  const heading = `*${escapeSlack(title.replaceAll('*', '∗'), slackTitleLength)}*`
  const open =
    `<${escapeEntities(link.replaceAll('|', '%7C'))}|Open in ` +
    `Claviger>${needsAction ? ' · needs a decision or an act' : ''}`
  const section = (text: string) => ({
    type: 'section',
    text: { type: 'mrkdwn', text, verbatim: true },
  })
  const blocks = [
    section(heading),
    ...(body.trim() === '' ? [] : [section(escapeSlack(body, slackBodyLength))]),
    section(open),
  ]
  return {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      text: `${escapeSlack(title, slackTitleLength)} ${escapeEntities(link)}`,
      blocks,
    }),
  }
}

/** Slack's own rule. */
const escapeEntities = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
/**
 * And a zero-width space where a bare @name would begin; cut between characters, so
 * that what is left is whole.
 */
export function escapeSlack(text: string, length = Infinity): string {
  const characters = Array.from(text.replace(/(?<![\w.+-])@(?=\w)/g, '@\u200b'), escapeEntities)
  let used = 0
  const end = characters.findIndex((character) => (used += character.length) > length - 1)
  return end < 0 ? characters.join('') : `${characters.slice(0, end).join('')}…`
}

/** Plain text: nothing in it is markup. */
export function mailText({ body, link, needsAction }: Message): string {
  const why = needsAction
    ? 'You get this because it needs something from you.'
    : 'You get this because it concerns you.'
  return (
    [
      body.trim(),
      link,
      `${why} What is sent to whom is decided in Claviger under Settings, Notifications.`,
    ]
      .filter(Boolean)
      .join('\n\n') + '\n'
  )
}
