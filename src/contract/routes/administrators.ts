import { z } from 'zod'
import {
  Administrator,
  NewAdministrator,
  OneTimePassword,
  ResetAdministrator,
  SetAdministrator,
} from '../administrator.ts'
import { ADMINISTRATOR_TAG } from '../tags.ts'
import { Identity, PageQuery, Search, pageOf } from '../values.ts'
import { route } from './route.ts'

const params = z.object({ identity: Identity })

export const listAdministrators = route({
  method: 'GET',
  path: '/administrators',
  name: 'listAdministrators',
  summary: 'Administrators, by user name',
  scope: 'organization',
  query: PageQuery.extend({ search: Search.optional() }),
  answer: pageOf(Administrator),
})
export const getAdministrator = route({
  method: 'GET',
  path: '/administrators/:identity',
  name: 'getAdministrator',
  summary: 'One administrator',
  scope: 'organization',
  params,
  answer: Administrator,
  tag: ADMINISTRATOR_TAG,
})
export const createAdministrator = route({
  method: 'POST',
  path: '/administrators',
  name: 'createAdministrator',
  summary: 'Creates an administrator',
  scope: 'organization',
  body: NewAdministrator,
  answer: Administrator,
  status: 201,
  tag: ADMINISTRATOR_TAG,
})
export const updateAdministrator = route({
  method: 'PATCH',
  path: '/administrators/:identity',
  name: 'updateAdministrator',
  summary: 'Changes an administrator; a new password, a lost role and disabling end their sessions',
  scope: 'organization',
  params,
  body: SetAdministrator,
  answer: Administrator,
  tag: ADMINISTRATOR_TAG,
})
export const removeAdministrator = route({
  method: 'DELETE',
  path: '/administrators/:identity',
  name: 'removeAdministrator',
  summary: 'Removes an administrator with their sessions and tokens',
  scope: 'organization',
  params,
  tag: ADMINISTRATOR_TAG,
})
export const resetAdministrator = route({
  method: 'POST',
  path: '/administrator-reset',
  name: 'resetAdministrator',
  summary: 'Gives an administrator a one-time password and ends their sessions; only over the local socket',
  scope: 'local',
  body: ResetAdministrator,
  answer: OneTimePassword,
})
