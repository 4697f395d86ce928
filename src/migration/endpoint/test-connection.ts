import { Fault } from '#base/fault.ts'
import type { Call } from '#contract/calls.ts'
import { type ConnectionTest, defaultPort } from '#contract/endpoint.ts'
import type { testConnection as testRoute } from '#contract/routes/endpoints.ts'
import { findEndpoint } from '#store/service/endpoints.ts'
import { checkClearText } from './endpoint-rules.ts'
import type { EndpointDeps } from './endpoint-use-cases.ts'

type Settings = ConnectionTest['connectionSettings']

/** A connection that fails is a result: whoever asks wants to know why. */
export async function testConnection(deps: EndpointDeps, call: Call<typeof testRoute>): Promise<ConnectionTest> {
  const connectionSettings = await settingsOf(deps, call.body)
  const { remoteServer, port, security } = connectionSettings
  const answer = { connectionSettings, supportsCutover: false, isValid: true } as const
  try {
    checkClearText(remoteServer, connectionSettings)
    await deps.tester.test(connectionSettings, call)
  } catch (thrown) {
    if (!(thrown instanceof Fault) || !['MIGRATION_SERVER_CONNECTION_FAILED', 'VALUE_INVALID'].includes(thrown.code)) {
      throw thrown
    }
    return { ...answer, result: 'Failed', message: thrown.message, errorDetail: thrown.remedy ?? '' }
  }
  const message = `The migration server ${remoteServer} answers on port ${port} with security ${security}.`
  return { ...answer, result: 'Success', message, errorDetail: '' }
}

async function settingsOf({ store }: EndpointDeps, body: Call<typeof testRoute>['body']): Promise<Settings> {
  if ('endpoint' in body) {
    const row = await findEndpoint(store, body.endpoint)
    return {
      remoteServer: row.remote_server,
      port: row.port,
      security: row.security,
      authentication: row.authentication,
      acceptUntrustedCertificates: row.accept_untrusted,
      allowClearText: row.allow_clear_text,
    }
  }
  const { endpointType: _, ...settings } = body
  return { ...settings, port: body.port ?? defaultPort(body.security) }
}
