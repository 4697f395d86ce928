/** `waybill verify`, wired. */
import { safeJson } from '#base/safe-json.ts'
import { createPublicKey } from 'node:crypto'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Fault } from '#base/fault.ts'
import { silentLog } from '#base/log.ts'
import { EXIT } from '#contract/migrate.ts'
import type { VerifyRequest } from '#contract/verify.ts'
import type { MailTarget } from '#engine/ports.ts'
import { openImapTarget } from '#mailbox/imap/target.ts'
import { openMaildirTarget } from '#mailbox/maildir/target.ts'
import { fixedPart, maildirRoot } from '#migration/migrate/maildir-root.ts'
import { readPasswordFile } from '#migration/migrate/password-file.ts'
import { verifyAgainst } from '#migration/waybill/against.ts'
import { fingerprintOf } from '#migration/waybill/chain.ts'
import { renderAgainst, renderCheck } from '#migration/waybill/render.ts'
import { type TrustOptions, verifyWaybill } from '#migration/waybill/verify.ts'
import { KNOWN_KEYS, SIGNING_KEY } from '#store/backup/files.ts'
import { chosenDataFolder } from './configuration/chosen-data-folder.ts'

/** Answers the exit code; throws what keeps the check from being made. */
export async function runVerify(request: VerifyRequest): Promise<number> {
  const trust: TrustOptions = {
    ...(request.fingerprint === null ? {} : { fingerprint: request.fingerprint }),
    knownFingerprints: ownFingerprints(await chosenDataFolder({ data: request.dataFolder ?? undefined })),
    trustEmbedded: request.trustEmbedded,
  }
  const check = await verifyWaybill(request.file, trust)
  if (request.against === null || !check.ok || !check.header) {
    process.stdout.write(request.json ? `${safeJson(check, 2)}\n` : `${renderCheck(check).join('\n')}\n`)
    return check.ok ? EXIT.ok : EXIT.someFailed
  }
  await using target = await openTarget(request, check.header.emailAddress, check.header.target.login)
  const against = await verifyAgainst(request.file, target, { ...trust, sample: 1 / request.every })
  process.stdout.write(request.json ? `${safeJson(against, 2)}\n` : `${renderAgainst(against).join('\n')}\n`)
  return against.ok ? EXIT.ok : EXIT.someFailed
}

/** The keys of this instance, now and before a rotation or a restore: verifying needs no database, and makes no key. */
function ownFingerprints(dataFolder: string): string[] {
  const keys = join(dataFolder, 'keys')
  const known = join(keys, KNOWN_KEYS)
  const files = existsSync(known) ? readdirSync(known).map((name) => join(known, name)) : []
  return [join(keys, SIGNING_KEY), ...files]
    .filter((path) => path.endsWith('.pem') && existsSync(path))
    .map((path) => fingerprintOf(createPublicKey(readFileSync(path))))
}

async function openTarget(request: VerifyRequest, address: string, login: string): Promise<MailTarget> {
  const { against } = request
  if (against?.kind !== 'imap') {
    const root = against?.root ?? ''
    const path = fixedPart(root)
    if (!existsSync(path)) {
      throw new Fault({
        code: 'TARGET_ROOT_REFUSED',
        scope: 'request',
        transient: false,
        message: `There is no Maildir folder ${path} to compare with.`,
        remedy: 'Name the folder that the mail was migrated to with --against maildir:/…',
      })
    }
    return openMaildirTarget({ root, address, allowedRoots: [maildirRoot(root)], log: silentLog })
  }
  const warn = (text: string) => process.stderr.write(`Warning: ${text}\n`)
  return openImapTarget({
    host: against.host,
    port: against.port,
    security: against.security,
    acceptUntrusted: against.acceptUntrustedCertificates,
    allowClearText: against.allowClearText,
    username: request.username ?? login,
    password: readPasswordFile(request.passwordFile ?? '', warn),
    log: silentLog,
  })
}
