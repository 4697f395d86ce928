/** The mail server that the demo moves mailboxes away from: a Dovecot of its own if there is one, else our small server. */
import { dovecotMissing, startDovecot } from '#test/servers/dovecot.ts'
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
  if (!withDovecot || dovecotMissing() !== false) {
    const accounts = users.map(({ email, password, folders }) => [email, { password, folders }] as const)
    const server = await startSmallImap({ users: Object.fromEntries(accounts) })
    const { host, port, tlsPort } = server
    const why = withDovecot ? 'there is no Dovecot here' : 'as --without-dovecot asks'
    return {
      what: `the small IMAP server of Waybill's own tests (${why})`,
      host,
      port,
      tlsPort,
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    }
  }
  const server = await startDovecot({
    users: Object.fromEntries(users.map(({ email, password }) => [email, password])),
    requireTls: true,
  })
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
