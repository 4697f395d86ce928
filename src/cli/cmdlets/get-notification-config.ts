import { ROUTES } from '#contract/routes/all.ts'
import { cmdlet } from '../cmdlet/declare.ts'
import { shape } from '../cmdlet/shape.ts'

export const getNotificationConfig = cmdlet({
  name: 'Get-NotificationConfig',
  synopsis: 'Shows how reports are mailed, and the notification hook.',
  description: 'Shows the mail server that reports of batches are sent through, and the hook that is called with them.',
  parameters: {},
  examples: [{ code: 'Get-NotificationConfig | Format-List', says: 'Shows the settings, without their secrets.' }],
  async run(_, { client }) {
    return shape('NotificationConfig', await client.ask(ROUTES.getNotificationSettings))
  },
})
