/** Get- and Set-NotificationConfig. */
import { badValue } from '#base/request-faults.ts'
import type { Call } from '#contract/calls.ts'
import type { NotificationSettings, SetNotificationSettings } from '#contract/notification.ts'
import type { updateNotificationSettings as Route } from '#contract/routes/notifications.ts'
import { checkLiteral, type OutgoingRules, Peer } from '#mailbox/imap/reach.ts'
import type { Secrets } from '#store/secrets.ts'
import {
  type NotificationSettingChanges,
  type NotificationSettingRow,
  changeNotificationSettings,
  readNotificationSettings,
  settingSecret,
} from '#store/service/notification-settings.ts'
import { checkClearText } from '../endpoint/endpoint-rules.ts'
import { goesElsewhere } from '../endpoint/goes-elsewhere.ts'
import type { NotificationDeps } from './deps.ts'
import { hostOf, portOf } from '../checked-request.ts'
import { checkHookUrl, hookKey } from './hook-rules.ts'

export async function getNotificationSettings({
  store,
}: Pick<NotificationDeps, 'store'>): Promise<NotificationSettings> {
  return showSettings(await store.retrying(() => readNotificationSettings(store.pool)))
}

export async function updateNotificationSettings(
  { store, secrets, outgoing }: NotificationDeps,
  { body, precondition }: Pick<Call<typeof Route>, 'body' | 'precondition'>,
): Promise<NotificationSettings> {
  return showSettings(
    await changeNotificationSettings(store, (row) => {
      precondition?.check(showSettings(row))
      const changes = { ...mailChanges(body, row, secrets), ...hookChanges(body, row, secrets) }
      checkPlaces(changes, body, outgoing)
      return changes
    }),
  )
}

/** What was stored before is refused when it is used. @throws Fault ADDRESS_REFUSED */
function checkPlaces(
  { smtp_server: host, port, security, hook_url: hook }: NotificationSettingChanges,
  asked: SetNotificationSettings,
  outgoing: OutgoingRules,
): void {
  const check = (place: string, at: number) =>
    checkLiteral(new Peer({ host: place, port: at, username: '', secrets: [] }), outgoing)
  if (host != null && (asked.smtpServer !== undefined || asked.port !== undefined))
    check(host, port ?? SMTP_PORTS[security ?? 'Tls'])
  if (hook == null || asked.hookUrl === undefined) return
  const url = new URL(hook)
  check(hostOf(url), portOf(url))
}

export const SMTP_PORTS = { Ssl: 465, Tls: 587, None: 25 } as const

/** @throws Fault VALUE_INVALID */
function mailChanges(
  asked: SetNotificationSettings,
  row: NotificationSettingRow,
  secrets: Secrets,
): NotificationSettingChanges {
  const kept = <T>(given: T | undefined, stored: T): T => (given === undefined ? stored : given)
  const server = kept(asked.smtpServer, row.smtp_server)
  const userName = server === null ? null : kept(asked.userName, row.user_name)
  const from = kept(asked.from, row.from_address)
  const security = asked.security ?? row.security
  const allowClearText = asked.allowClearText ?? row.allow_clear_text
  // It was said of the server that was there.
  const acceptUntrusted = asked.acceptUntrustedCertificates ?? (server === row.smtp_server && row.accept_untrusted)
  // A port belongs to a server and a security.
  const isPortKept = server === row.smtp_server && security === row.security
  const port = server === null ? null : kept(asked.port, isPortKept ? row.port : null)
  const isElsewhere = goesElsewhere(wayOf(row), {
    server,
    port: port ?? SMTP_PORTS[security],
    security,
    accept_untrusted: acceptUntrusted,
    allow_clear_text: allowClearText,
  })
  if (server !== null && from === null)
    throw badValue('from', 'is needed with smtpServer', 'Give the address that reports come from.')
  const keepsPassword = asked.password === undefined && row.password !== null && userName !== null
  if (keepsPassword && isElsewhere)
    throw badValue(
      'password',
      'is not sent to another server or port, nor less protected than before',
      'Give it together with the change.',
    )
  const hasPassword = keepsPassword || (asked.password ?? null) !== null
  if (userName !== null && !hasPassword) throw badValue('password', 'is needed with userName', 'Give the password.')
  if (userName === null && asked.password != null) throw badValue('userName', 'is needed with password')
  if (server !== null && userName !== null) checkClearText(server, { security, allowClearText })
  return {
    smtp_server: server,
    port,
    security,
    user_name: userName,
    password:
      userName === null
        ? null
        : asked.password == null
          ? row.password
          : secrets.seal(asked.password, settingSecret('password')),
    from_address: from,
    from_name: asked.fromName ?? row.from_name,
    language: asked.language ?? row.language,
    accept_untrusted: acceptUntrusted,
    allow_clear_text: allowClearText,
  }
}

const wayOf = (row: NotificationSettingRow) => ({
  ...row,
  server: row.smtp_server,
  port: row.port ?? SMTP_PORTS[row.security],
})

/**
 * The secret of the hook stays with another address: it signs, and is sent to nobody.
 * @throws Fault VALUE_INVALID
 */
function hookChanges(
  asked: SetNotificationSettings,
  row: NotificationSettingRow,
  secrets: Secrets,
): NotificationSettingChanges {
  const url = asked.hookUrl === undefined ? row.hook_url : asked.hookUrl
  if (asked.hookUrl != null) checkHookUrl(asked.hookUrl)
  if (asked.hookSecret != null) hookKey(asked.hookSecret)
  const sealed = asked.hookSecret == null ? null : secrets.seal(asked.hookSecret, settingSecret('hook_secret'))
  const secret = url === null || asked.hookSecret === null ? null : (sealed ?? row.hook_secret)
  if (url !== null && secret === null)
    throw badValue(
      'hookSecret',
      'is needed with hookUrl, which is called signed',
      'Make one: echo "whsec_$(openssl rand -base64 32)"',
    )
  return {
    hook_url: url,
    hook_secret: secret,
    hook_events: asked.hookEvents === undefined ? row.hook_events : [...new Set(asked.hookEvents)],
  }
}

function showSettings(row: NotificationSettingRow): NotificationSettings {
  return {
    identity: 'Notifications',
    smtpServer: row.smtp_server,
    port: row.port ?? (row.smtp_server === null ? null : SMTP_PORTS[row.security]),
    security: row.security,
    userName: row.user_name,
    hasPassword: row.password !== null,
    from: row.from_address,
    fromName: row.from_name,
    language: row.language,
    acceptUntrustedCertificates: row.accept_untrusted,
    allowClearText: row.allow_clear_text,
    hookUrl: row.hook_url,
    hasHookSecret: row.hook_secret !== null,
    hookEvents: row.hook_events,
    lastModifiedDateTime: row.modified_at.toISOString(),
  }
}
