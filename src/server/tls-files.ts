/** The certificate of the API and its key, read again when the files change: renewing needs no stop. */
import { X509Certificate, createPrivateKey } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { Fault } from '#base/fault.ts'
import type { Log } from '#base/log.ts'
import type { TlsMaterial } from '#api/tls.ts'
import type { Settings } from '#contract/settings.ts'
import { readSecretFile } from './configuration/secret-file.ts'

export interface TlsFiles extends Disposable {
  /** Null: no TLS. */
  readonly material: TlsMaterial | null
  ends(): Date | null
  /** Reads them when they have changed, now and then by itself and whenever asked; `take` gets what is good. */
  renew(take: (material: TlsMaterial) => void): void
  look(): void
}

const LOOK_MS = 60_000

interface Read {
  readonly material: TlsMaterial
  readonly ends: Date
  readonly mark: string
}

/** @throws Fault TLS_FILES_UNUSABLE, SECRET_FILE_EXPOSED, SECRET_FILE_UNREADABLE (exit 4) */
export function tlsFiles({ tlsCertificate, tlsKey }: Pick<Settings, 'tlsCertificate' | 'tlsKey'>, log: Log): TlsFiles {
  if (tlsCertificate === null || tlsKey === null)
    return { material: null, ends: () => null, renew() {}, look() {}, [Symbol.dispose]() {} }
  let current = read(tlsCertificate, tlsKey)
  let give: ((material: TlsMaterial) => void) | null = null
  let said = ''
  const look = () => {
    try {
      if (markOf(tlsCertificate, tlsKey) === current.mark) return
      const next = read(tlsCertificate, tlsKey)
      give?.(next.material)
      current = next
      said = ''
      log.info('the TLS certificate was renewed', { until: next.ends.toISOString() })
    } catch (thrown) {
      // Half of the two may be written; the old pair goes on meanwhile.
      const message = thrown instanceof Error ? thrown.message : String(thrown)
      if (message !== said) log.error('the TLS certificate cannot be renewed', { said: message })
      said = message
    }
  }
  const timer = setInterval(look, LOOK_MS)
  timer.unref()
  return {
    material: current.material,
    ends: () => current.ends,
    renew: (take) => void (give = take),
    look,
    [Symbol.dispose]: () => clearInterval(timer),
  }
}

/** Of the files that links lead to: renewing tools put another behind the same name. */
const markOf = (...paths: readonly string[]) =>
  paths
    .map((path) => statSync(path))
    .map(({ ino, mtimeMs, size }) => `${ino} ${mtimeMs} ${size}`)
    .join()

function read(certificatePath: string, keyPath: string): Read {
  const key = readSecretFile(keyPath, 'the key of tlsCertificate')
  try {
    const mark = markOf(certificatePath, keyPath)
    const certificate = readFileSync(certificatePath, 'utf8')
    const parsed = new X509Certificate(certificate)
    if (!parsed.checkPrivateKey(createPrivateKey(key))) throw new Error('the key is not the key of the certificate')
    return { material: { certificate, key }, ends: parsed.validToDate, mark }
  } catch (thrown) {
    throw new Fault({
      code: 'TLS_FILES_UNUSABLE',
      scope: 'instance',
      transient: false,
      // OpenSSL's words name what is wrong with the form; they quote nothing.
      message: `TLS cannot be set up with ${certificatePath} and ${keyPath}: ${(thrown as Error).message}`,
      remedy:
        'Give tlsCertificate and tlsKey the PEM files of one certificate, with those between it and its authority behind it.',
      facts: { certificate: certificatePath, key: keyPath },
    })
  }
}
