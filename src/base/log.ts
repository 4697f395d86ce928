import { destination as fileDestination, pino } from 'pino'

/** What happened, for the operator. Facts hold ids, sizes and server codes: never secrets, never message text. */
export interface Log {
  debug(message: string, facts?: LogFacts): void
  info(message: string, facts?: LogFacts): void
  warn(message: string, facts?: LogFacts): void
  error(message: string, facts?: LogFacts): void
}

export type LogFacts = Readonly<Record<string, string | number | boolean | null | undefined>>

export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} }

export interface FileLog extends Log {
  /** Goes on in a new file of the same name: the old one was moved away. */
  reopen(): void
  close(): void
}

/**
 * JSON lines into a file (0600), or into an open one by its number. Redaction is a second fence: nothing here is meant to
 * hold a secret.
 */
export function fileLog(place: string | number, level: 'debug' | 'info' | 'warn' | 'error' = 'info'): FileLog {
  const destination =
    typeof place === 'number'
      ? fileDestination({ fd: place, sync: true })
      : fileDestination({ dest: place, mode: 0o600, mkdir: true, sync: true })
  // A full disk may cost lines of the log, never the run that wanted to write them: mail may be on its way.
  destination.on('error', () => undefined)
  const logger = pino(
    { level, base: null, redact: ['password', 'Password', 'pass', 'secret', 'token', 'TargetPassword'] },
    destination,
  )
  const at = (kind: 'debug' | 'info' | 'warn' | 'error') => (message: string, facts?: LogFacts) =>
    logger[kind](facts ?? {}, message)
  const isFile = typeof place === 'string'
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    reopen: () => void (isFile && destination.reopen()),
    close: () => void (isFile && destination.end()),
  }
}
