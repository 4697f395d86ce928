/** The log of this process, where the settings want it. */
import { join } from 'node:path'
import { type FileLog, fileLog } from '#base/log.ts'
import type { Settings } from '#contract/settings.ts'

export type OpenLog = FileLog

export const openLog = ({ logLevel, logTo }: Pick<Settings, 'logLevel' | 'logTo'>, folder: string): OpenLog =>
  fileLog(logTo === 'stderr' ? process.stderr.fd : join(folder, 'waybill.log'), logLevel)
