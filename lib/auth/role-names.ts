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

/** What each lets somebody do. */
export const roleMeanings: Record<Role, string> = {
  viewer: 'Sees keys, grants, access and requests',
  auditor: 'Sees everything, the audit log and people too, and exports it',
  requester: 'Requests changes',
  approver: 'Requests changes, and decides about those of others',
  keyAdministrator: 'As an approver, and can leave a grant without an end or use break-glass',
  admin: 'Everything; for every account also people, settings and connected accounts',
}
