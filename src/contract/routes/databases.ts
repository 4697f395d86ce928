import { z } from 'zod'
import { DatabaseTest, MailboxDatabase, NewDatabase, SetDatabase, TestDatabase } from '../database.ts'
import { Identity, PageQuery, Search, pageOf } from '../values.ts'
import { DATABASE_TAG } from '../tags.ts'
import { route } from './route.ts'

const params = z.object({ identity: Identity })

export const listDatabases = route({
  method: 'GET',
  path: '/databases',
  name: 'listDatabases',
  summary: 'Mailbox databases, by name',
  scope: 'view',
  query: PageQuery.extend({ search: Search.optional() }),
  answer: pageOf(MailboxDatabase),
})
export const getDatabase = route({
  method: 'GET',
  path: '/databases/:identity',
  name: 'getDatabase',
  summary: 'One mailbox database',
  scope: 'view',
  params,
  answer: MailboxDatabase,
  tag: DATABASE_TAG,
})
export const createDatabase = route({
  method: 'POST',
  path: '/databases',
  name: 'createDatabase',
  summary: 'Creates a mailbox database',
  scope: 'organization',
  body: NewDatabase,
  answer: MailboxDatabase,
  status: 201,
  tag: DATABASE_TAG,
})
export const updateDatabase = route({
  method: 'PATCH',
  path: '/databases/:identity',
  name: 'updateDatabase',
  summary: 'Changes a mailbox database',
  scope: 'organization',
  params,
  body: SetDatabase,
  answer: MailboxDatabase,
  tag: DATABASE_TAG,
})
export const removeDatabase = route({
  method: 'DELETE',
  path: '/databases/:identity',
  name: 'removeDatabase',
  summary: 'Removes a mailbox database that no batch uses; its mail stays',
  scope: 'organization',
  params,
  tag: DATABASE_TAG,
})
export const testDatabase = route({
  method: 'POST',
  path: '/databases/:identity/test',
  name: 'testDatabase',
  summary: 'Tries whether a mailbox database can be written to; a failure is a result',
  scope: 'migration',
  params,
  body: TestDatabase,
  answer: DatabaseTest,
})
