import type { Role } from './permissions'

/** Roles as people read them. */
export const roleNames: Record<Role, string> = {
  viewer: 'Viewer',
  auditor: 'Auditor',
  requester: 'Requester',
  approver: 'Approver',
  keyAdministrator: 'Key administrator',
  admin: 'Administrator',
}
