/** Which of the listed messages are carried, and why the others are not. Pure; answers indexes, no object a message. */
import { DELETED } from '#mail/flags.ts'
import type { CutOff, SkipKind } from '../ports.ts'
import type { Listing } from './listing.ts'
import { NewestItems, isOverLimit } from './newest-items.ts'

export interface ItemLimits {
  /** Larger ones are not carried; exactly as large still is. */
  readonly maxMessageBytes: number
  /** Of all messages that could be carried, so many of the newest. */
  readonly maxItems: number
}

/** What keeps a message back whatever else the mailbox holds; null: nothing. \Deleted goes before its size. */
export function keptBack(bytes: number, system: number, limits: Pick<ItemLimits, 'maxMessageBytes'>): KeptBack | null {
  if (system & DELETED) return 'deleted'
  if (bytes > limits.maxMessageBytes) return 'large'
  return bytes === 0 ? 'bad' : null
}

export type KeptBack = Extract<SkipKind, 'deleted' | 'large' | 'bad'>

/** The words for a skipped message. */
export function whyNot(kind: KeptBack | 'over-limit', bytes: number, limits: ItemLimits): string {
  if (kind === 'deleted') return String.raw`marked \Deleted`
  if (kind === 'bad') return 'the source says that it has 0 bytes'
  return kind === 'large'
    ? `${bytes} bytes are more than the limit of ${limits.maxMessageBytes} (--max-message-size)`
    : `older than the newest ${limits.maxItems} (--max-items)`
}

export interface ListedFolder {
  /** `folderKeyOf` its source path. */
  readonly key: string
  readonly listing: Listing
}

/** Indexes of the folder's listing, ascending; each message is in exactly one of them. */
export interface ChosenItems {
  readonly key: string
  readonly wanted: Uint32Array
  /** Of what is wanted, as the server says. */
  readonly wantedBytes: number
  readonly left: Readonly<Record<KeptBack | 'over-limit', Uint32Array>>
}

/**
 * Chooses over the whole mailbox. `known` is the cut-off of the first pass: with it, what has arrived since is chosen
 * and nothing that was chosen before falls out. Keep the answered one before the first message is sent. The choice
 * does not depend on the order of `folders`.
 */
export function chooseItems(
  folders: readonly ListedFolder[],
  limits: ItemLimits,
  known: CutOff | null,
): { readonly cutOff: CutOff | null; readonly folders: readonly ChosenItems[] } {
  const cutOff = known ?? findCutOff(folders, limits)
  return { cutOff, folders: folders.map((folder) => chooseIn(folder, limits, cutOff)) }
}

function findCutOff(folders: readonly ListedFolder[], limits: ItemLimits): CutOff | null {
  const total = folders.reduce((sum, { listing }) => sum + listing.length, 0)
  if (total <= limits.maxItems) return null
  const newest = new NewestItems(limits.maxItems)
  for (const { key, listing } of folders) {
    const folder = newest.folder(key)
    for (let at = 0; at < listing.length; at++) {
      // What is kept back anyway takes no place from what can be carried.
      if (keptBack(listing.bytesAt(at), listing.systemAt(at), limits) !== null) continue
      newest.add(folder, listing.uidAt(at), listing.dateAt(at))
    }
  }
  return newest.cutOff()
}

const KINDS = ['wanted', 'deleted', 'large', 'bad', 'over-limit'] as const

function chooseIn({ key, listing }: ListedFolder, limits: ItemLimits, cutOff: CutOff | null): ChosenItems {
  const kinds = new Uint8Array(listing.length)
  const counts = KINDS.map(() => 0)
  let wantedBytes = 0
  for (let at = 0; at < listing.length; at++) {
    const bytes = listing.bytesAt(at)
    const held = keptBack(bytes, listing.systemAt(at), limits)
    const over = held === null && isOverLimit(cutOff, key, listing.uidAt(at), listing.dateAt(at))
    const kind = KINDS.indexOf(held ?? (over ? 'over-limit' : 'wanted'))
    kinds[at] = kind
    counts[kind]!++
    if (kind === 0) wantedBytes += bytes
  }
  const columns = counts.map((count) => new Uint32Array(count))
  const filled = KINDS.map(() => 0)
  for (let at = 0; at < kinds.length; at++) columns[kinds[at]!]![filled[kinds[at]!]!++] = at
  const [wanted, deleted, large, bad, overLimit] = columns
  return {
    key,
    wanted: wanted!,
    wantedBytes,
    left: { deleted: deleted!, large: large!, bad: bad!, 'over-limit': overLimit! },
  }
}
