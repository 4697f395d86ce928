/**
 * Keywords of copies whose server was killed while it stored them. In Dovecot's Maildir a letter in the file's name
 * stands for a keyword, whose name is written down last: what was lost shows as `unknown-3`, or as a keyword that got
 * the letter afterwards. System flags have letters of their own and are not lost.
 */
import { NO_FLAGS } from '#mail/flags.ts'
import type { FolderWork } from '../pass/folder-work.ts'
import type { Pass } from '../pass/pass.ts'
import type { Flags, Landed, TargetKey, TargetReader } from '../ports.ts'

type Change = Parameters<TargetReader['change']>[0][number]

/**
 * Gives each copy the keywords that it was sent with. Only for groups of this very pass: what has stood on the target
 * for longer may have been labelled by people (G4).
 */
export async function mendKeywords(pass: Pass, work: FolderWork, found: readonly Landed[]): Promise<void> {
  if (found.length === 0 || pass.ports.target.traits.named) return
  await pass.look(async (reader) => {
    await reader.open(work.target)
    const now = await reader.flags(found.flatMap(({ key }) => (key === null ? [] : [key])))
    const changes = found.flatMap(({ key, flags }) => keywordChange(key, flags, now.get(key ?? ''), true))
    if (changes.length > 0) await reader.change(changes)
  })
}

/** What makes `shown` the keywords of `sent`; nothing for a copy that is gone. Others are left where people may have set them. */
export function keywordChange(
  key: TargetKey | null,
  sent: Flags,
  shown: Flags | undefined,
  removesOthers: boolean,
): Change[] {
  if (key === null || !shown) return []
  const add = without(sent.keywords, shown.keywords)
  const remove = removesOthers ? without(shown.keywords, sent.keywords) : []
  if (add.length === 0 && remove.length === 0) return []
  return [{ key, add: { ...NO_FLAGS, keywords: add }, remove: { ...NO_FLAGS, keywords: remove } }]
}

function without(keywords: readonly string[], others: readonly string[]): string[] {
  const known = new Set(others.map((keyword) => keyword.toLowerCase()))
  return keywords.filter((keyword) => !known.has(keyword.toLowerCase()))
}
