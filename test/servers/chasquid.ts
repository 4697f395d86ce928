import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ReceivedMail, readMail } from '#test/worlds/read-mail.ts'
import { selfSigned } from './certificate.ts'
import { accepts } from './greeting.ts'
import { Instance, onFreePorts } from './instance.ts'
import type { Outcome } from './instance.ts'
import { ordinaryUser, unpackedServer } from './packages.ts'

export interface Delivered extends ReceivedMail {
  /** Of the envelope. */
  readonly to: string
}

/** A submission server as companies run them: nobody mails without STARTTLS (or TLS) and a log-in. */
export interface SmtpServer extends AsyncDisposable {
  readonly host: 'localhost'
  /** STARTTLS. */
  readonly port: number
  /** TLS from the first byte on. */
  readonly tlsPort: number
  /** PEM, for NODE_EXTRA_CA_CERTS; it is for localhost and 127.0.0.1. */
  readonly certificateFile: string
  readonly userName: string
  readonly password: string
  /** What was delivered, in the order in which it came. */
  mails(): Delivered[]
  log(): string
  stop(): Promise<void>
  restart(): Promise<void>
}

export const MAIL_DOMAIN = 'reports.example'

/** Why tests with an SMTP server cannot run here, or false. */
export function chasquidMissing(): string | false {
  return unpackedServer('chasquid') === null ? 'no chasquid on this machine' : false
}

/** @param recipients local parts of MAIL_DOMAIN that exist; all others are refused with 550 */
export async function startChasquid(
  recipients: readonly string[],
  options: { readonly t?: Outcome } = {},
): Promise<SmtpServer> {
  const tree = unpackedServer('chasquid')
  if (tree === null) throw new Error('no chasquid on this machine')
  const instance = new Instance('chasquid', options.t ?? null)
  try {
    const owner = ordinaryUser()
    const at = (...path: string[]) => join(instance.folder, ...path)
    const config = at('config')
    const password = 'p4ss wörd/"='
    for (const folder of [
      join(config, 'domains', MAIL_DOMAIN),
      join(config, 'certs', 'localhost'),
      at('data'),
      at('arriving'),
      at('mail'),
    ])
      mkdirSync(folder, { recursive: true })
    const { cert, key } = selfSigned()
    const certificateFile = join(config, 'certs', 'localhost', 'fullchain.pem')
    writeFileSync(certificateFile, cert)
    writeFileSync(join(config, 'certs', 'localhost', 'privkey.pem'), key)
    const util = join(tree, 'usr/bin/chasquid-util')
    for (const [user, secret] of [['waybill', password], ...recipients.map((name) => [name, 'none'])] as const)
      execFileSync(util, [`--configdir=${config}`, 'user-add', `${user}@${MAIL_DOMAIN}`, `--password=${secret}`])
    // Delivers into a file whose name tells the order and the recipient; a reader never sees half a mail.
    const deliver = at('deliver.sh')
    writeFileSync(
      deliver,
      `#!/bin/sh\nt="$(date +%s.%N)-$$"\ncat > "${at('arriving')}/$t" && mv "${at('arriving')}/$t" "${at('mail')}/$t $1"\n`,
    )
    chmodSync(deliver, 0o755)
    for (const path of [config, ...tops(config), at('data'), at('arriving'), at('mail')])
      chownSync(path, owner.uid, owner.gid)
    const boot = (port: number, tlsPort: number) => {
      const lines = [
        'hostname: "localhost"',
        `submission_address: "127.0.0.1:${port}"`,
        `submission_over_tls_address: "127.0.0.1:${tlsPort}"`,
        `mail_delivery_agent_bin: ${JSON.stringify(deliver)}`,
        'mail_delivery_agent_args: "%to%"',
        `data_dir: ${JSON.stringify(at('data'))}`,
        'mail_log_path: "<stderr>"',
      ]
      writeFileSync(join(config, 'chasquid.conf'), `${lines.join('\n')}\n`)
      const program = join(tree, 'usr/bin/chasquid')
      const as = { uid: owner.uid, gid: owner.gid }
      return instance.start({ program, args: ['-config_dir', config], ...as }, async () => {
        return (await accepts(port)) && (await accepts(tlsPort))
      })
    }
    const ports = await onFreePorts(2, async ([port = 0, tlsPort = 0]) =>
      (await boot(port, tlsPort)) ? { port, tlsPort } : null,
    )
    if (ports === null) throw new Error(`chasquid does not start. Its log:\n${instance.log()}`)
    return {
      host: 'localhost',
      ...ports,
      certificateFile,
      userName: `waybill@${MAIL_DOMAIN}`,
      password,
      mails: () =>
        readdirSync(at('mail'))
          .sort()
          .map((name) => ({ to: name.split(' ')[1]!, ...readMail(readFileSync(at('mail', name))) })),
      log: () => instance.log(),
      stop: () => instance.stop(),
      async restart() {
        await instance.stop()
        if (!(await boot(ports.port, ports.tlsPort)))
          throw new Error(`chasquid does not start again. Its log:\n${instance.log()}`)
      },
      [Symbol.asyncDispose]: () => instance[Symbol.asyncDispose](),
    }
  } catch (error) {
    await instance[Symbol.asyncDispose]()
    throw error
  }
}

const tops = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name))
