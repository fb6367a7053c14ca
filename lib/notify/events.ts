/** What people can be told of, with the words of the settings page. */
export const noticeEvents = [
  'request.sent', 'change.approved', 'change.rejected', 'change.applied', 'change.failed', 'change.drifted', 'change.expired',
  'change.cancelled', 'change.reverted', 'change.revertFailed', 'change.endsSoon', 'change.overdue', 'request.brokeGlass',
  'request.commented', 'reconcile.found', 'dryRun.performed', 'worker.silent', 'role.given',
  'standIn.named',
] as const
export type NoticeEvent = (typeof noticeEvents)[number]

export const eventWords: Record<NoticeEvent, string> = {
  'request.sent': 'A request waits for a decision',
  'change.approved': 'A change was approved',
  'change.rejected': 'A change was rejected',
  'change.applied': 'A change was done in AWS',
  'change.failed': 'A change failed',
  'change.drifted': 'A change was not done, because AWS was no longer as approved',
  'change.expired': 'Nobody decided in time',
  'change.cancelled': 'A change was cancelled',
  'change.reverted': 'A change was undone at its end',
  'change.revertFailed': 'A change could not be undone',
  'change.endsSoon': 'A change ends soon',
  'change.overdue': 'A change is past its end and still in force',
  'request.brokeGlass': 'Somebody broke the glass',
  'request.commented': 'Somebody commented on a request',
  'reconcile.found': 'AWS differs from what was done here',
  'dryRun.performed': 'A dry run changed something',
  'worker.silent': 'No worker is running',
  'role.given': 'Somebody got a role that decides or administers',
  'standIn.named': 'An administrator named a stand-in for somebody else',
}
