/** `waybill connect` and `disconnect`. */
import { safeText } from '#base/safe-text.ts'
import { ROUTES } from '#contract/routes/all.ts'
import { openClient } from './client.ts'
import { typedSecret } from './cmdlet/typed-secret.ts'
import { usage } from './cmdlet/usage.ts'
import { connectionPath, removeConnection, writeConnection } from './connection-file.ts'
import { serverUrl } from './place.ts'

/** Nothing is stored before the server has taken the token. */
export async function connect(address: string, env: NodeJS.ProcessEnv): Promise<void> {
  const url = serverUrl(address)
  const token = (
    await typedSecret({
      question: `Token for ${url}: `,
      what: 'token',
      remedy: 'Create one: waybill token create --name N --scope migration.',
    })
  ).trim()
  if (!/^[\u0021-\u007e]+$/.test(token)) throw usage('This is no token: it has no characters, or such as no token has.')
  const client = openClient({ kind: 'url', url, token })
  try {
    await client.ask(ROUTES.getStatistics)
  } finally {
    client.close()
  }
  const path = writeConnection(env, { url, token })
  process.stderr.write(
    `Cmdlets speak to ${safeText(url)} from now on. The token is in ${path}, which only you can read; "waybill disconnect" removes it.\n`,
  )
}

export async function disconnect(env: NodeJS.ProcessEnv): Promise<void> {
  process.stderr.write(
    removeConnection(env)
      ? `${connectionPath(env)} is removed. The token itself stays valid until it is revoked: waybill token revoke.\n`
      : 'There was no stored connection.\n',
  )
}
