/** `waybill admin …`, over the socket of this machine alone: for whoever cannot sign in. */
import { safeText } from '#base/safe-text.ts'
import { ROUTES } from '#contract/routes/all.ts'
import type { Client } from './client.ts'
import { display } from './cmdlet/display.ts'
import { openTerminal } from './cmdlet/terminal.ts'
import { inWords, usage } from './cmdlet/usage.ts'
import { plainTable } from './plain-table.ts'

const HEADS = ['User name', 'Name', 'Roles', 'Enabled', 'Last sign-in'] as const

export async function listAdministrators(client: Client): Promise<void> {
  const rows: string[][] = []
  for await (const one of client.list(ROUTES.listAdministrators)) {
    rows.push([
      safeText(one.identity),
      safeText(one.displayName),
      one.roles.join(', '),
      one.enabled ? 'yes' : 'no',
      one.lastSignInTime === null ? 'never' : display(one.lastSignInTime),
    ])
  }
  process.stdout.write(
    rows.length === 0
      ? 'There are no administrators yet; "waybill admin reset" shows the password with which the first is made.\n'
      : `${plainTable(
          HEADS.map((head) => ({ head, align: 'left' })),
          rows,
        )}\n`,
  )
}

/** The password goes to standard output, all that is said about it to standard error. */
export async function resetAdministrator(client: Client, name: string | undefined, isSure: boolean): Promise<void> {
  if (!isSure && !(await isAgreed(client, name))) return
  const { administrator, enabled, password, expiresAt } = await client.ask(ROUTES.resetAdministrator, {
    body: { identity: name },
  })
  const until = `until ${display(expiresAt)}`
  process.stderr.write(
    administrator === null
      ? `There is no administrator yet. With this first password one is made in the browser, once, ${until}:\n`
      : `With this password "${safeText(administrator)}" may sign in ${until}, and must change it then. Their sessions have ended.\n`,
  )
  if (!enabled)
    process.stderr.write(`Not enabled: first Set-Administrator ${safeText(administrator ?? '')} -Enabled true.\n`)
  process.stdout.write(`${password}\n`)
}

async function isAgreed(client: Client, name: string | undefined): Promise<boolean> {
  const whom = await nameOf(client, name)
  // Without an administrator nothing is lost but a password that nobody has used.
  if (whom === null) return true
  const terminal = openTerminal()
  if (!terminal) throw usage('This asks first, and there is no terminal to ask on.', 'Add --yes when it is meant.')
  try {
    terminal.write(`The password of "${safeText(whom)}" is replaced, and their sessions end. Go on? [y/N] `)
    return /^y(?:es)?$/i.test(((await terminal.line()) ?? '').trim())
  } finally {
    terminal.close()
  }
}

async function nameOf(client: Client, name: string | undefined): Promise<string | null> {
  if (name !== undefined) {
    return (await client.ask(ROUTES.getAdministrator, { params: { identity: name } })).identity
  }
  const names: string[] = []
  for await (const { identity } of client.list(ROUTES.listAdministrators)) names.push(identity)
  if (names.length > 1)
    throw usage(`There are several administrators: ${inWords(names)}.`, 'Name one: waybill admin reset NAME.')
  return names[0] ?? null
}
