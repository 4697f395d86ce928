import {
  Notification,
  NotificationQuery,
  NotificationSettings,
  NotificationTest,
  SetNotificationSettings,
  TestNotifications,
} from '../notification.ts'
import { NOTIFICATION_TAG } from '../tags.ts'
import { pageOf } from '../values.ts'
import { route } from './route.ts'

export const getNotificationSettings = route({
  method: 'GET',
  path: '/notification-settings',
  name: 'getNotificationSettings',
  summary: 'How reports are mailed, and the notification hook',
  scope: 'organization',
  answer: NotificationSettings,
  tag: NOTIFICATION_TAG,
})
export const updateNotificationSettings = route({
  method: 'PATCH',
  path: '/notification-settings',
  name: 'updateNotificationSettings',
  summary: 'Changes how reports are mailed, and the notification hook; what waits is tried again at once',
  scope: 'organization',
  body: SetNotificationSettings,
  answer: NotificationSettings,
  tag: NOTIFICATION_TAG,
})
export const testNotificationSettings = route({
  method: 'POST',
  path: '/notification-settings/test',
  name: 'testNotificationSettings',
  summary: 'Sends a test mail and calls the hook; a failure is a result',
  scope: 'organization',
  body: TestNotifications,
  answer: NotificationTest,
})
export const listNotifications = route({
  method: 'GET',
  path: '/notifications',
  name: 'listNotifications',
  summary: 'Reports that were sent, are waiting, or failed, newest first',
  scope: 'view',
  query: NotificationQuery,
  answer: pageOf(Notification),
})
