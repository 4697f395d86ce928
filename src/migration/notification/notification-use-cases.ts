/** Get-, Set- and Test-NotificationConfig, Get-Notification. */
import type { UseCases } from '#contract/calls.ts'
import type { ConnectionTester } from '../endpoint/connection-tester.ts'
import type { NotificationDeps } from './deps.ts'
import { listNotifications } from './list-notifications.ts'
import { getNotificationSettings, updateNotificationSettings } from './settings.ts'
import { testNotificationSettings } from './test-settings.ts'

export function notificationUseCases(
  deps: NotificationDeps & { readonly tester: Pick<ConnectionTester, 'admit'> },
): Pick<
  UseCases,
  'getNotificationSettings' | 'updateNotificationSettings' | 'testNotificationSettings' | 'listNotifications'
> {
  return {
    getNotificationSettings: () => getNotificationSettings(deps),
    updateNotificationSettings: (call) => updateNotificationSettings(deps, call),
    testNotificationSettings: (call) => testNotificationSettings(deps, call),
    listNotifications: (call) => listNotifications(deps, call),
  }
}
