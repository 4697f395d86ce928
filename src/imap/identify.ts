/** ID (RFC 2971): some servers (NetEase) let nobody open a folder who has not said who they are. */
import type { Lane } from './lane.ts'

export async function identify(lane: Lane): Promise<void> {
  if (lane.offers('ID')) await lane.ask(['ID ("name" "waybill")'])
}
