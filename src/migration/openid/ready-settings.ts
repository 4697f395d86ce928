import { Fault } from '#base/fault.ts'
import { type OpenIdSettingRow, readOpenIdSettings } from '#store/service/openid-settings.ts'
import { type OpenIdDeps, redirectUriOf } from './deps.ts'

export interface ReadySettings {
  readonly settings: OpenIdSettingRow
  readonly publicUrl: string
  readonly redirectUri: string
}

/** With which one can sign in now. @throws Fault OPENID_NOT_SET_UP */
export async function readySettings({
  store,
  publicUrl,
}: Pick<OpenIdDeps, 'store' | 'publicUrl'>): Promise<ReadySettings> {
  const settings = await readOpenIdSettings(store)
  const redirectUri = redirectUriOf(publicUrl)
  if (!settings.enabled || publicUrl === null || redirectUri === null) throw notSetUp()
  return { settings, publicUrl, redirectUri }
}

const notSetUp = (): Fault =>
  new Fault({
    code: 'OPENID_NOT_SET_UP',
    scope: 'request',
    transient: false,
    message: 'Signing in with OpenID Connect is not set up here.',
    remedy:
      'Sign in with user name and password; an administrator sets the other one up in the settings of OpenID Connect.',
  })
