import { z } from 'zod'
import {
  MigrationUser,
  MigrationUserStatistics,
  SetUser,
  SkippedItem,
  UserFolder,
  UserQuery,
  UserSelect,
  UserStatisticsQuery,
  UserWaybill,
} from '../user.ts'
import { Identity, PageQuery, pageOf } from '../values.ts'
import { USER_TAG } from '../tags.ts'
import { route } from './route.ts'

const params = z.object({ identity: Identity })

export const listUsers = route({
  method: 'GET',
  path: '/users',
  name: 'listUsers',
  summary: 'Migration users, of one batch or of all',
  scope: 'view',
  query: UserQuery,
  answer: pageOf(MigrationUser),
})
export const getUser = route({
  method: 'GET',
  path: '/users/:identity',
  name: 'getUser',
  summary: 'One migration user',
  scope: 'view',
  params,
  query: UserSelect,
  answer: MigrationUser,
  tag: USER_TAG,
})
export const getUserStatistics = route({
  method: 'GET',
  path: '/users/:identity/statistics',
  name: 'getUserStatistics',
  summary: 'What was carried for a user, how fast, what not and why',
  scope: 'view',
  params,
  query: UserStatisticsQuery,
  answer: MigrationUserStatistics,
})
export const listSkippedItems = route({
  method: 'GET',
  path: '/users/:identity/skipped-items',
  name: 'listSkippedItems',
  summary: 'Messages that could not be carried',
  scope: 'view',
  params,
  query: PageQuery.extend(UserSelect.shape),
  answer: pageOf(SkippedItem),
})
export const getSkippedItemEml = route({
  method: 'GET',
  path: '/users/:identity/skipped-items/:item/eml',
  name: 'getSkippedItemEml',
  summary: 'A skipped message as a file, while the source still has it',
  scope: 'migration',
  params: params.extend({ item: z.string().min(1).max(200) }),
  query: UserSelect,
  answerType: 'eml',
})
export const listUserFolders = route({
  method: 'GET',
  path: '/users/:identity/folders',
  name: 'listUserFolders',
  summary: 'How far each folder of a mailbox is, by name',
  scope: 'view',
  params,
  query: PageQuery.omit({ sort: true }).extend(UserSelect.shape),
  answer: pageOf(UserFolder),
})
export const exportUserReport = route({
  method: 'GET',
  path: '/users/:identity/report',
  name: 'exportUserReport',
  summary: 'All that is known of a user as a text to hand on: facts, passes, skipped items, folders, waybills',
  scope: 'view',
  params,
  query: UserSelect,
  answerType: 'text',
})
export const listUserWaybills = route({
  method: 'GET',
  path: '/users/:identity/waybills',
  name: 'listUserWaybills',
  summary: 'The sealed waybills of a mailbox, the last one first',
  scope: 'view',
  params,
  query: PageQuery.omit({ sort: true }).extend(UserSelect.shape),
  answer: pageOf(UserWaybill),
})
export const getUserWaybill = route({
  method: 'GET',
  path: '/users/:identity/waybills/:number',
  name: 'getUserWaybill',
  summary: 'A waybill as it was sealed, where its file lies on the machine of the service',
  scope: 'view',
  params: params.extend({ number: z.string().regex(/^[1-9]\d{0,8}$/, 'is not the number of a waybill') }),
  query: UserSelect,
  answerType: 'text',
})
export const updateUser = route({
  method: 'PATCH',
  path: '/users/:identity',
  name: 'updateUser',
  summary: 'Changes a user, or asks for a sync now',
  scope: 'migration',
  params,
  query: UserSelect,
  body: SetUser,
  answer: MigrationUser,
  tag: USER_TAG,
})
const command = (verb: string, summary: string) =>
  route({
    method: 'POST',
    path: `/users/:identity/${verb}`,
    name: `${verb}User`,
    summary,
    scope: 'migration',
    params,
    query: UserSelect,
    answer: MigrationUser,
    status: 202,
  })
export const startUser = command('start', 'Retries or resumes one user')
export const stopUser = command('stop', 'Stops one user; what is in flight lands first')
export const removeUser = route({
  method: 'DELETE',
  path: '/users/:identity',
  name: 'removeUser',
  summary: 'Takes a user out of its batch; no migrated mail is deleted',
  scope: 'migration',
  params,
  query: UserSelect,
  tag: USER_TAG,
})
