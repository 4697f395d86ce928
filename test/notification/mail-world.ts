/** A service that mails: Dovecot as the source, a real submission server, and batches that need no work to end. */
import assert from 'node:assert/strict'
import type { Notification, NotificationSettings } from '#contract/notification.ts'
import { until } from '#test/crash/until.ts'
import type { Delivered, SmtpServer } from '#test/servers/chasquid.ts'
import type { Served } from '#test/service/world.ts'

export const mailSettings = (smtp: SmtpServer, more: object = {}) => ({
  smtpServer: smtp.host,
  port: smtp.port,
  security: 'Tls',
  userName: smtp.userName,
  password: smtp.password,
  from: smtp.userName,
  ...more,
})

export const setMail = (served: Served, settings: object): Promise<NotificationSettings> =>
  served.must('PATCH', '/notification-settings', settings)

export const notifications = async (served: Served, query = ''): Promise<Notification[]> =>
  (await served.must<{ items: Notification[] }>('GET', `/notifications?limit=1000${query}`)).items

/** What became of the reports of a batch once nothing of it waits: a mail arrives before we have noted it. */
export async function settled(served: Served, batch: string): Promise<Notification[]> {
  let found: Notification[] = []
  await until(`the reports of ${batch} are settled`, async () => {
    found = await notifications(served, `&batch=${encodeURIComponent(batch)}`)
    return found.every(({ status }) => status !== 'Waiting')
  })
  return found
}

/** Waits for the mails about a batch; starts come first, for the server delivers what it has taken with several hands. */
export async function mailsAbout(smtp: SmtpServer, batch: string, count: number): Promise<Delivered[]> {
  const about = () => smtp.mails().filter((mail) => (mail.header('subject') ?? '').includes(batch))
  try {
    await until(`${count} mails about ${batch}`, () => about().length >= count)
  } catch (thrown) {
    throw new Error(
      `${String(thrown)}; there are ${about()
        .map((mail) => mail.header('subject'))
        .join(', ')}\n${smtp.log()}`,
      {
        cause: thrown,
      },
    )
  }
  const mails = about()
  assert.equal(mails.length, count, String(mails.map((mail) => `${mail.to}: ${mail.header('subject')}`)))
  const isStart = (mail: Delivered) => /has started$|a démarré$/.test(mail.header('subject')!)
  return [...mails.filter(isStart), ...mails.filter((mail) => !isStart(mail))]
}
