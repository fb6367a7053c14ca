import type { HookKind } from '@/lib/notify/settings'

export const kindTexts: Record<HookKind, string> = {
  webhook: 'Signed webhook',
  slack: 'Slack or alike',
}
