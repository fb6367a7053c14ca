import type { WebhookKind } from '@/lib/notify/settings'

export const kindTexts: Record<WebhookKind, string> = {
  webhook: 'Signed webhook',
  slack: 'Slack or alike',
}
