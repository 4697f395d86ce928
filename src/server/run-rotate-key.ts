/** `waybill rotate-key`, wired. */
import { join } from 'node:path'
import { counted } from '#base/counted.ts'
import type { RotateKeyRequest } from '#contract/backup.ts'
import { EXIT } from '#contract/migrate.ts'
import { rotateSigner } from '#migration/waybill/signer.ts'
import { rotateSecretsKey } from '#store/rotate-key.ts'
import { localAct, recordServiceAct } from '#store/service/service-acts.ts'
import { openWorld } from './open-world.ts'
import { loadSettings } from './configuration/load-settings.ts'

export async function runRotateKey(request: RotateKeyRequest): Promise<number> {
  await using world = await openWorld(loadSettings(request))
  const { store, log } = world
  const { keys } = store.dataFolder
  const say = (text: string) => void process.stderr.write(`${text}\n`)
  if (request.signingKey) {
    const act = localAct('waybill rotate-key', { signingKey: true })
    const { fingerprint } = await recordServiceAct(store, act, () => rotateSigner(store))
    log.info('the signing key was rotated', { before: world.signer.fingerprint, after: fingerprint })
    say(
      `Waybills are signed with ${fingerprint} from now on; those that ${world.signer.fingerprint} signed stay known.`,
    )
  } else {
    const { secrets, keyId, oldKeyId } = await rotateSecretsKey(store)
    log.info('the key of the secrets was rotated', { before: oldKeyId, after: keyId, secrets })
    say(
      `${counted(secrets, 'stored password')} sealed with the new key ${keyId}. Keep a copy of ${join(keys, 'secrets.key')}; the old one is ${join(keys, `secrets.key.${oldKeyId}`)}, which only backups from before need.`,
    )
  }
  say(`Workers on other hosts: copy ${keys} there again before they start.`)
  return EXIT.ok
}
