import type { Operations } from '../call'
import { attachRolePolicy, attachUserPolicy, putRolePolicy, putUserPolicy } from './attach'
import { createAccessKey, createRole, createUser } from './create'
import { getAccountAuthorizationDetails } from './details'
import { getRole, getUser } from './get'
import { listRoles, listUsers } from './list'

export const iamOperations: Operations = {
  AttachRolePolicy: attachRolePolicy,
  AttachUserPolicy: attachUserPolicy,
  CreateAccessKey: createAccessKey,
  CreateRole: createRole,
  CreateUser: createUser,
  GetAccountAuthorizationDetails: getAccountAuthorizationDetails,
  GetRole: getRole,
  GetUser: getUser,
  ListRoles: listRoles,
  ListUsers: listUsers,
  PutRolePolicy: putRolePolicy,
  PutUserPolicy: putUserPolicy,
}
