import { expect, type Page } from '@playwright/test'
import type { KnownKey } from '../support/inventory'

/** The Policy tab of a key, as someone uses it who has only a keyboard. */
export const policyTab = (page: Page, { accountId, region, keyId }: KnownKey) => {
  const at = (search: string) =>
    `/keys/${accountId}/${region}/${encodeURIComponent(keyId)}/policy${search}`
  const editor = () => page.getByRole('textbox', { name: /^Draft of the key policy/ })
  return {
    at,
    editor,
    async open(view: 'read' | 'document' | 'history' | 'draft') {
      await page.goto(at(`?view=${view}`))
      await expect(
        page
          .getByRole('radio', { name: /Read/ })
          .or(page.getByRole('button', { name: 'Read', exact: true }))
          .first(),
      ).toBeAttached()
    },
    async beginDraft() {
      await page.goto(at('?view=draft'))
      await page.getByRole('button', { name: 'New draft' }).focus()
      await page.keyboard.press('Enter')
      await expect(editor()).toBeVisible({ timeout: 60_000 })
    },
    /** Replaces the whole text, and waits until it is kept. */
    async write(text: string) {
      await editor().focus()
      await page.keyboard.press('ControlOrMeta+a')
      await page.keyboard.insertText(text)
      await expect(
        page.getByRole('status').filter({ hasText: /^(not saved yet|saving)$/ }),
      ).toBeVisible()
      await expect(page.getByRole('status').filter({ hasText: /^saved/ })).toBeVisible({
        timeout: 30_000,
      })
    },
    impact: () => page.getByText('If this draft were the policy'),
  }
}
