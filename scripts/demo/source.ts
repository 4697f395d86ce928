/** The mail server that the demo moves mailboxes away from: a Dovecot of its own if there is one, else our small server. */
import { type DovecotServer, dovecotMissing, startDovecot } from '#test/servers/dovecot.ts'
import { startSmallImap } from '#test/servers/small-imap/server.ts'
import { fill } from '#test/worlds/fill.ts'
import type { SeedUser } from '#test/worlds/seeds.ts'

export interface DemoSource extends AsyncDisposable {
  readonly what: string
  readonly host: '127.0.0.1'
  /** Clear text and STARTTLS. */
  readonly port: number
  readonly tlsPort: number
}

/** Starts the server on ports that the system chooses and fills it. Disposing leaves nothing running. */
export async function startSource(users: readonly SeedUser[], withDovecot: boolean): Promise<DemoSource> {
  if (!withDovecot) return startSmall(users, 'as --without-dovecot asks')
  if (dovecotMissing() !== false) return startSmall(users, 'there is no Dovecot here')
  const server = await startOwnDovecot(users)
  if (server === null) return startSmall(users, 'the Dovecot here does not start for this user')
  try {
    const { host, port, tlsPort } = server
    await Promise.all(
      users.map(({ email, password, folders }) =>
        fill({ host, port: tlsPort, tls: true, user: email, password }, folders),
      ),
    )
    return {
      what: "this machine's Dovecot, an instance of the demo's own",
      host,
      port,
      tlsPort,
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    }
  } catch (thrown) {
    await server[Symbol.asyncDispose]()
    throw thrown
  }
}

/** Null where the machine's Dovecot is there and unusable: another version, or a user that it does not know. */
async function startOwnDovecot(users: readonly SeedUser[]): Promise<DovecotServer | null> {
  try {
    return await startDovecot({ users: Object.fromEntries(users.map(({ email, password }) => [email, password])) })
  } catch {
    return null
  }
}

async function startSmall(users: readonly SeedUser[], why: string): Promise<DemoSource> {
  const accounts = users.map(({ email, password, folders }) => [email, { password, folders }] as const)
  const server = await startSmallImap({ users: Object.fromEntries(accounts) })
  const { host, port, tlsPort } = server
  return {
    what: `the small IMAP server of Waybill's own tests (${why})`,
    host,
    port,
    tlsPort,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}
