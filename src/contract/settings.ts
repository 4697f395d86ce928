/**
 * Every setting of the process, once: the configuration file, the environment, the flags, `waybill config` and
 * docs/service.md follow from here. What the service itself is told (Set-MigrationConfig) lies in its database instead.
 */
import type { SettingTypes } from './setting-values.ts'

export type Command = 'serve' | 'worker' | 'migrate'

export interface Setting<T extends keyof SettingTypes = keyof SettingTypes> {
  readonly type: T
  /** Of the environment. */
  readonly env: string
  /** As commander reads it, where commands take it as an option. */
  readonly flag?: string
  readonly commands?: readonly Command[]
  readonly default: SettingTypes[T] | null
  /** What the default is, where no constant can say it. */
  readonly defaultText?: string
  /** One sentence or two, without the full stop. */
  readonly help: string
  /** A value that shows how it is written: in TOML. */
  readonly example: string
  /** Holds a password, or may: shown masked, and its file is not for others to read. */
  readonly secret?: true
}

/** One that always has a value. */
const setting = <T extends keyof SettingTypes>(declared: Setting<T> & { readonly default: SettingTypes[T] }) => declared
/** One that is absent unless somebody sets it. */
const optional = <T extends keyof SettingTypes>(declared: Omit<Setting<T>, 'default'>) => ({
  ...declared,
  default: null,
})

export const SETTINGS = {
  dataFolder: optional({
    type: 'path',
    env: 'WAYBILL_DATA',
    flag: '--data <dir>',
    commands: ['serve', 'worker', 'migrate'],
    defaultText: '/var/lib/waybill for root, ~/.local/share/waybill for others',
    help: 'the data folder: keys, reports, waybills, logs, and the embedded database',
    example: '"/var/lib/waybill"',
  }),
  listen: setting({
    type: 'listen',
    env: 'WAYBILL_LISTEN',
    flag: '--listen <address:port>',
    commands: ['serve'],
    default: { host: '127.0.0.1', port: 8383 },
    help: 'where the API listens for those who sign in',
    example: '"0.0.0.0:8383"',
  }),
  tcp: setting({
    type: 'flag',
    env: 'WAYBILL_TCP',
    flag: '--no-tcp',
    commands: ['serve'],
    default: true,
    help: 'false (`--no-tcp`): only the socket of the data folder, for this machine',
    example: 'false',
  }),
  allowPlainHttp: setting({
    type: 'flag',
    env: 'WAYBILL_ALLOW_PLAIN_HTTP',
    flag: '--allow-plain-http',
    commands: ['serve'],
    default: false,
    help: 'listen without TLS on an address that is not loopback, where a proxy on another host makes it',
    example: 'true',
  }),
  tlsCertificate: optional({
    type: 'path',
    env: 'WAYBILL_TLS_CERTIFICATE',
    defaultText: 'no TLS',
    help: 'the PEM file of the certificate and those between it and its authority; TLS 1.2 or newer is spoken, and the file is read again when it changes',
    example: '"/etc/waybill/tls/fullchain.pem"',
  }),
  tlsKey: optional({
    type: 'path',
    env: 'WAYBILL_TLS_KEY',
    defaultText: 'no TLS',
    help: 'the PEM file of its key, which others may not read',
    example: '"/etc/waybill/tls/privkey.pem"',
  }),
  publicUrl: optional({
    type: 'url',
    env: 'WAYBILL_PUBLIC_URL',
    defaultText: 'none',
    help: 'the address under which people reach the service, for links in mails and for signing in; its host is one that the service answers to',
    example: '"https://waybill.example.com"',
  }),
  hostNames: setting({
    type: 'names',
    env: 'WAYBILL_HOST_NAMES',
    default: [],
    help: 'further names under which callers reach the service (header Host); all others but its addresses are refused',
    example: '["waybill.internal.example.com"]',
  }),
  trustedProxies: setting({
    type: 'networks',
    env: 'WAYBILL_TRUSTED_PROXIES',
    default: [],
    help: 'addresses or networks of proxies whose X-Forwarded-For is believed, so that limits and the audit log know the caller; whether callers come by TLS is told by publicUrl',
    example: '["192.0.2.10", "10.0.0.0/24"]',
  }),
  concurrency: setting({
    type: 'count',
    env: 'WAYBILL_CONCURRENCY',
    flag: '--concurrency <n>',
    commands: ['serve', 'worker'],
    default: 20,
    help: 'mailboxes at once in this process, 0 to 300; serve with 0 leaves them to workers',
    example: '20',
  }),
  databaseUrl: optional({
    type: 'databaseUrl',
    env: 'DATABASE_URL',
    defaultText: 'the embedded one',
    help: 'a PostgreSQL (15 or newer) of yours instead of the embedded one',
    example: '"postgresql://waybill@db.example.com/waybill"',
    secret: true,
  }),
  databasePasswordFile: optional({
    type: 'path',
    env: 'WAYBILL_DATABASE_PASSWORD_FILE',
    defaultText: 'PGPASSFILE, else ~/.pgpass',
    help: 'the file whose first line is the password of databaseUrl, which others may not read',
    example: '"/etc/waybill/database.password"',
  }),
  maildirRoots: setting({
    type: 'paths',
    env: 'WAYBILL_MAILDIR_ROOTS',
    default: [],
    help: 'folders (in the environment with colons between) below which Maildir databases may lie, beside /srv, /home, /var/mail, /var/vmail, /var/spool/mail and the data folder',
    example: '["/pool/mail"]',
  }),
  allowLoopback: setting({
    type: 'flag',
    env: 'WAYBILL_ALLOW_LOOPBACK',
    default: false,
    help: 'endpoints and databases may be mail servers on this machine',
    example: 'true',
  }),
  outgoingAddresses: setting({
    type: 'addresses',
    env: 'WAYBILL_OUTGOING_ADDRESSES',
    default: [],
    defaultText: "the host's own",
    help: 'the addresses that mail servers see this host come from, where NAT makes them others than its own; Get-MigrationWorker shows them',
    example: '["203.0.113.7"]',
  }),
  logLevel: setting({
    type: 'level',
    env: 'WAYBILL_LOG_LEVEL',
    default: 'info',
    help: 'the least that is logged: debug, info, warn or error',
    example: '"debug"',
  }),
  logTo: setting({
    type: 'logPlace',
    env: 'WAYBILL_LOG_TO',
    default: 'file',
    help: 'file: logs/waybill.log in the data folder; stderr: for journals and containers',
    example: '"stderr"',
  }),
} as const satisfies Readonly<Record<string, Setting>>

export type SettingName = keyof typeof SETTINGS
export const SETTING_NAMES = Object.keys(SETTINGS) as readonly SettingName[]

type ValueOf<N extends SettingName> =
  | SettingTypes[(typeof SETTINGS)[N]['type']]
  | Extract<(typeof SETTINGS)[N]['default'], null>

/** With defaults filled in. */
export type Settings = { readonly [N in SettingName]: N extends 'dataFolder' ? string : ValueOf<N> }
/** What one source gave. */
export type GivenSettings = { readonly [N in SettingName]?: NonNullable<ValueOf<N>> }
