/** From the outbox to a mail, or to the body of a call of the hook. */
import { safeText } from '#base/safe-text.ts'
import type { Language, NotificationKind } from '#contract/notification-kinds.ts'
import type { Delivery } from '#store/service/outbox.ts'
import { errorsCsv } from '../csv/errors-csv.ts'
import { ATTACHMENT, reportOf } from './report.ts'
import { reportHtml } from './report-html.ts'
import { reportText } from './report-text.ts'
import type { Mail } from './send-mail.ts'
import { WORDS } from './words/words.ts'

export interface Sender {
  readonly from: string
  readonly fromName: string
  readonly language: Language
  readonly publicUrl: string | null
}

/** @param withErrors false: the server takes no mail as large as that */
export function composeMail(
  delivery: Delivery,
  { from, fromName, language, publicUrl }: Sender,
  withErrors = true,
): Mail {
  const { errors } = delivery
  const isAttached = withErrors && errors !== null
  const report = reportOf(delivery, language, publicUrl, isAttached)
  const rows = errors?.rows.map(([cells, message]) => ({ cells, message })) ?? []
  return {
    from: { name: safeText(fromName), address: from },
    to: delivery.recipient,
    subject: report.subject,
    text: reportText(report),
    html: reportHtml(report),
    attachment: isAttached ? { fileName: ATTACHMENT, content: errorsCsv(errors.columns, rows) } : null,
    messageId: messageId(delivery.id, from),
    at: new Date(delivery.created_at),
  }
}

const messageId = (id: string, from: string) => `${id}.waybill@${from.slice(from.lastIndexOf('@') + 1)}`

export function composeTest({ from, fromName, language }: Sender, to: string, id: string, at: Date): Mail {
  const words = WORDS[language]
  const report = {
    tag: words.tag,
    colon: words.colon,
    subject: words.test.subject,
    heading: words.test.subject,
    isBad: false,
    figures: [],
    failuresHeading: '',
    failures: [],
    notes: [words.test.says],
    links: [],
    commands: [],
    footer: 'Waybill',
  }
  return {
    from: { name: safeText(fromName), address: from },
    to,
    subject: report.subject,
    text: reportText(report),
    html: reportHtml(report),
    attachment: null,
    messageId: messageId(id, from),
    at,
  }
}

const TYPES: Readonly<Record<NotificationKind, string>> = {
  Started: 'migration.batch.started',
  Progress: 'migration.batch.progress',
  Finished: 'migration.batch.finished',
  Stopped: 'migration.batch.stopped',
  Expiring: 'migration.batch.expiring',
}

/** JSON as Standard Webhooks has it: type, timestamp, data. */
export function composeHook(
  { batch, batch_id: id, kind, facts, created_at: at }: Delivery,
  publicUrl: string | null,
): string {
  const { areErrorsTooLarge: _, at: asOf, ...figures } = facts
  return JSON.stringify({
    type: TYPES[kind],
    timestamp: new Date(at).toISOString(),
    data: {
      batch,
      batchGuid: id,
      asOf,
      ...figures,
      url: publicUrl === null ? null : `${publicUrl.replace(/\/+$/, '')}/batches/${id}`,
    },
  })
}
