/** Every route of the service. */
import * as administrators from './administrators.ts'
import * as audit from './audit.ts'
import * as batches from './batches.ts'
import * as dashboard from './dashboard.ts'
import * as databases from './databases.ts'
import * as endpoints from './endpoints.ts'
import * as notifications from './notifications.ts'
import * as openid from './openid.ts'
import * as organization from './organization.ts'
import * as sessions from './sessions.ts'
import * as users from './users.ts'
import * as workers from './workers.ts'

export const ROUTES = {
  ...endpoints,
  ...databases,
  ...batches,
  ...users,
  ...organization,
  ...administrators,
  ...sessions,
  ...openid,
  ...audit,
  ...workers,
  ...notifications,
  ...dashboard,
} as const
export type RouteName = keyof typeof ROUTES
