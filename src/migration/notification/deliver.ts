/** Delivers one thing by the settings of now. */
import { Fault } from '#base/fault.ts'
import {
  type NotificationSettingRow,
  readNotificationSettings,
  settingSecret,
} from '#store/service/notification-settings.ts'
import type { Delivery } from '#store/service/outbox.ts'
import { callHook } from './call-hook.ts'
import { type Sender, composeHook, composeMail } from './compose.ts'
import type { NotificationDeps } from './deps.ts'
import { type MailServer, sendMail } from './send-mail.ts'
import { SMTP_PORTS } from './settings.ts'
import { hookNotConfigured, mailNotConfigured } from './smtp-faults.ts'

/** @throws Fault: of scope `item` it concerns this delivery alone, else all of its channel */
export async function deliver(deps: NotificationDeps, delivery: Delivery, signal: AbortSignal): Promise<void> {
  const { store, outgoing, publicUrl } = deps
  const row = await store.retrying(() => readNotificationSettings(store.pool))
  if (delivery.channel === 'Hook') {
    const { url, secret } = hookOf(deps, row)
    await callHook({ url, secret, id: `msg_${delivery.id}`, body: composeHook(delivery, publicUrl) }, outgoing)
    return
  }
  const { server, sender } = mailServerOf(deps, row)
  try {
    await sendMail(server, composeMail(delivery, sender), { outgoing, signal })
  } catch (thrown) {
    // Better a report without its attachment than none.
    const isTooLarge = thrown instanceof Fault && thrown.code === 'MAIL_TOO_LARGE' && delivery.errors !== null
    if (!isTooLarge) throw thrown
    await sendMail(server, composeMail(delivery, sender, false), { outgoing, signal })
  }
}

/** @throws Fault MAIL_NOT_CONFIGURED */
export function mailServerOf(
  { secrets, publicUrl }: Pick<NotificationDeps, 'secrets' | 'publicUrl'>,
  row: NotificationSettingRow,
): { server: MailServer; sender: Sender } {
  if (row.smtp_server === null || row.from_address === null) throw mailNotConfigured('No mail server is set.')
  // Restored without its secrets.
  if (row.user_name !== null && row.password === null)
    throw mailNotConfigured(`The password of ${row.user_name} on the mail server ${row.smtp_server} is not known.`)
  const login =
    row.user_name === null || row.password === null
      ? null
      : { userName: row.user_name, password: secrets.open(row.password, settingSecret('password')) }
  return {
    server: {
      host: row.smtp_server,
      port: row.port ?? SMTP_PORTS[row.security],
      security: row.security,
      acceptUntrusted: row.accept_untrusted,
      login,
    },
    sender: { from: row.from_address, fromName: row.from_name, language: row.language, publicUrl },
  }
}

/** @throws Fault HOOK_NOT_CONFIGURED */
export function hookOf(
  { secrets }: Pick<NotificationDeps, 'secrets'>,
  row: NotificationSettingRow,
): { url: string; secret: string } {
  if (row.hook_url === null || row.hook_secret === null) throw hookNotConfigured()
  return { url: row.hook_url, secret: secrets.open(row.hook_secret, settingSecret('hook_secret')) }
}
