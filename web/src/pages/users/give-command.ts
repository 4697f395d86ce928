import type { UserCommand } from '#contract/transitions.ts'
import { ask } from '../../api.ts'

export type GivenCommand = Exclude<UserCommand, 'Set'>

/** @throws Refusal */
export async function giveTo(guid: string, command: GivenCommand): Promise<void> {
  const params = { identity: guid }
  if (command === 'Start') await ask('startUser', { params })
  else if (command === 'Stop') await ask('stopUser', { params })
  else if (command === 'SyncNow') await ask('updateUser', { params, body: { syncNow: true } })
  else await ask('removeUser', { params })
}
