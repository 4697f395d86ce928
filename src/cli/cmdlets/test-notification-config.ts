import { ROUTES } from '#contract/routes/all.ts'
import { cmdlet } from '../cmdlet/declare.ts'
import { shape } from '../cmdlet/shape.ts'

export const testNotificationConfig = cmdlet({
  name: 'Test-NotificationConfig',
  synopsis: 'Sends a test mail and calls the notification hook.',
  description:
    'Tries the settings as a report would use them, and tells what came of it in the words of the server. A failure is a result, Failed, and no error.',
  parameters: {
    Recipient: { type: 'string', position: 0, default: "the sender's own address", help: 'Who gets the test mail.' },
  },
  examples: [{ code: 'Test-NotificationConfig admin@contoso.com', says: 'Mails an administrator.' }],
  async *run({ Recipient }, { client }) {
    const { results } = await client.ask(ROUTES.testNotificationSettings, { body: { recipient: Recipient } })
    for (const result of results) yield shape('NotificationTest', result)
  },
})
