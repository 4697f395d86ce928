/** What the commands about the service do; each loads only what it needs. */
import { join } from 'node:path'
import { asFault } from '#base/fault.ts'
import type { ServiceDeeds, WhichServer } from '#cli/service-commands.ts'
import type { Client } from '#cli/client.ts'
import { type Leading, placeOptions } from './run-cmdlet.ts'

const LAUNCHER = join(import.meta.dirname, '../../waybill')

/** `ended` is told the exit code when something was refused. */
export function serviceDeeds(leading: Leading, ended: (exitCode: number) => void): ServiceDeeds {
  /** Refusals are said as those of cmdlets, and end with their exit codes. */
  async function guarded(name: string, act: () => Promise<void>): Promise<void> {
    try {
      await act()
    } catch (thrown) {
      const { errorText, exitCodeOf } = await import('#cli/cmdlet/report-error.ts')
      const fault = asFault(thrown)
      process.stderr.write(errorText(name, fault))
      ended(exitCodeOf(fault))
    }
  }
  const asking = (name: string, which: WhichServer, act: (client: Client) => Promise<void>) =>
    guarded(name, async () => {
      const { openClient } = await import('#cli/client.ts')
      const { choosePlace } = await import('#cli/place.ts')
      const { server = leading.server, data = leading.data } = which
      const client = openClient(choosePlace(await placeOptions({ server, data, config: leading.config })))
      try {
        await act(client)
      } finally {
        client.close()
      }
    })
  /** Over the socket of this machine, whatever "waybill connect" has chosen. */
  const askingHere = (name: string, data: string | undefined, act: (client: Client) => Promise<void>) =>
    guarded(name, async () => {
      const { openClient } = await import('#cli/client.ts')
      const place = await placeOptions({ server: undefined, data: data ?? leading.data, config: leading.config })
      const client = openClient({ kind: 'socket', ...place })
      try {
        await act(client)
      } finally {
        client.close()
      }
    })
  return {
    async aliases() {
      const { CMDLETS } = await import('#cli/cmdlets/all.ts')
      const { aliasScript } = await import('#cli/cmdlet/aliases.ts')
      process.stdout.write(aliasScript(Object.keys(CMDLETS), LAUNCHER))
    },
    async completion(shell) {
      const { everyCmdlet } = await import('#cli/every-cmdlet.ts')
      const { bashCompletion, zshCompletion } = await import('#cli/cmdlet/completion.ts')
      const script = shell === 'bash' ? bashCompletion : zshCompletion
      process.stdout.write(script(await everyCmdlet(), LAUNCHER))
    },
    async completeName(kind, prefix) {
      const { completeName } = await import('#cli/complete-name.ts')
      await completeName(kind, prefix, await placeOptions(leading))
    },
    async cmdletDocs(folder) {
      const { writeManual } = await import('#cli/every-cmdlet.ts')
      await writeManual(folder)
    },
    connect: (url) =>
      guarded('waybill connect', async () => {
        const { connect } = await import('#cli/connect-commands.ts')
        await connect(url, process.env)
      }),
    disconnect: () =>
      guarded('waybill disconnect', async () => {
        const { disconnect } = await import('#cli/connect-commands.ts')
        await disconnect(process.env)
      }),
    createToken: (what, which) =>
      asking('waybill token', which, async (client) => {
        const { createToken } = await import('#cli/token-commands.ts')
        await createToken(client, what)
      }),
    listTokens: (which) =>
      asking('waybill token', which, async (client) => {
        const { listTokens } = await import('#cli/token-commands.ts')
        await listTokens(client)
      }),
    revokeToken: (id, which) =>
      asking('waybill token', which, async (client) => {
        const { revokeToken } = await import('#cli/token-commands.ts')
        await revokeToken(client, id)
      }),
    listAdministrators: ({ data }) =>
      askingHere('waybill admin', data, async (client) => {
        const { listAdministrators } = await import('#cli/admin-commands.ts')
        await listAdministrators(client)
      }),
    resetAdministrator: ({ name, isSure }, { data }) =>
      askingHere('waybill admin', data, async (client) => {
        const { resetAdministrator } = await import('#cli/admin-commands.ts')
        await resetAdministrator(client, name, isSure)
      }),
  }
}
