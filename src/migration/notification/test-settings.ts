import { randomUUID } from 'node:crypto'
import { Fault } from '#base/fault.ts'
import type { Call } from '#contract/calls.ts'
import { NOTIFICATION_CHANNELS } from '#contract/notification-kinds.ts'
import type { ChannelTest, NotificationTest } from '#contract/notification.ts'
import type { testNotificationSettings as Route } from '#contract/routes/notifications.ts'
import { readNotificationSettings } from '#store/service/notification-settings.ts'
import type { ConnectionTester } from '../endpoint/connection-tester.ts'
import { callHook } from './call-hook.ts'
import { composeTest } from './compose.ts'
import { hookOf, mailServerOf } from './deliver.ts'
import type { NotificationDeps } from './deps.ts'
import { sendMail } from './send-mail.ts'

/** Sends a test mail and calls the hook: what comes of it is the answer, with the server's own words. */
export async function testNotificationSettings(
  deps: NotificationDeps & { readonly tester: Pick<ConnectionTester, 'admit'> },
  { body, principal, signal }: Call<typeof Route>,
): Promise<NotificationTest> {
  const { store, outgoing } = deps
  deps.tester.admit(principal)
  const row = await store.retrying(() => readNotificationSettings(store.pool))
  const id = randomUUID()
  const at = new Date()
  const mail = () =>
    attempt('Mail', async () => {
      const { server, sender } = mailServerOf(deps, row)
      const recipient = body.recipient ?? sender.from
      const said = await sendMail(server, composeTest(sender, recipient, id, at), { outgoing, signal })
      return `A test mail to ${recipient} was taken by ${server.host}: ${said}`
    })
  const hook = () =>
    attempt('Hook', async () => {
      const test = { type: 'waybill.test', timestamp: at.toISOString(), data: {} }
      return await callHook({ ...hookOf(deps, row), id: `msg_${id}`, body: JSON.stringify(test) }, outgoing)
    })
  const tests = { Mail: mail, Hook: hook }
  const channels = body.channel === undefined ? NOTIFICATION_CHANNELS : [body.channel]
  return { results: await Promise.all(channels.map((channel) => tests[channel]())) }
}

async function attempt(channel: ChannelTest['channel'], deed: () => Promise<string>): Promise<ChannelTest> {
  try {
    return { channel, result: 'Success', message: await deed(), errorDetail: '' }
  } catch (thrown) {
    if (!(thrown instanceof Fault) || thrown.scope === 'bug') throw thrown
    const result = thrown.code.endsWith('_NOT_CONFIGURED') ? 'NotConfigured' : 'Failed'
    return { channel, result, message: thrown.message, errorDetail: thrown.remedy ?? '' }
  }
}
