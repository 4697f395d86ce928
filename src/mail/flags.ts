/**
 * Flags as the ledger keeps them: the five system flags in a byte, keywords as a sorted list. `\Recent` is the
 * server's own and never carried (RFC 9051 §2.3.2).
 */
export const SEEN = 1
export const ANSWERED = 2
export const FLAGGED = 4
export const DELETED = 8
export const DRAFT = 16

export interface Flags {
  /** Bits of SEEN … DRAFT. */
  readonly system: number
  /** Without doubles by case (RFC 9051: keywords are case-insensitive), sorted, spelt as first seen. */
  readonly keywords: readonly string[]
}

export const NO_FLAGS: Flags = { system: 0, keywords: [] }

const SYSTEM: readonly (readonly [bit: number, atom: string])[] = [
  [SEEN, '\\Seen'],
  [ANSWERED, '\\Answered'],
  [FLAGGED, '\\Flagged'],
  [DELETED, '\\Deleted'],
  [DRAFT, '\\Draft'],
]
const BITS = new Map(SYSTEM.map(([bit, atom]) => [atom.toLowerCase(), bit]))

/** Flags that some servers send as system flags though no RFC knows them, and the keyword the others use. */
const RENAMED = new Map([
  ['\\forwarded', '$Forwarded'],
  ['\\mdnsent', '$MDNSent'],
  ['\\junk', '$Junk'],
  ['\\nonjunk', '$NotJunk'],
  ['\\notjunk', '$NotJunk'],
  ['\\important', '$Important'],
])

/** RFC 9051 §9 `flag-keyword = atom`: no controls, no `(){ %*"\]`, ASCII only; bounded, for servers refuse more. */
export function isKeyword(atom: string): boolean {
  return atom.length <= 200 && /^[\x21\x23\x24\x26\x27+\-./0-9:;<=>?@A-Z[^_`a-z|}~,]+$/.test(atom)
}

/** Reads a server's flag list. What no target could take is answered in `lost`, never dropped in silence. */
export function readFlags(atoms: readonly string[]): { flags: Flags; lost: readonly string[] } {
  let system = 0
  let keywords: string[] | null = null
  let lost: string[] | null = null
  for (const atom of atoms) {
    const bit = BITS.get(atom) ?? BITS.get(atom.toLowerCase())
    if (bit !== undefined) {
      system |= bit
      continue
    }
    const lower = atom.toLowerCase()
    if (lower === '\\recent') continue
    const keyword = RENAMED.get(lower) ?? atom
    if (isKeyword(keyword)) {
      if (!keywords?.some((known) => known.toLowerCase() === keyword.toLowerCase())) (keywords ??= []).push(keyword)
    } else {
      ;(lost ??= []).push(atom)
    }
  }
  if (keywords === null) return { flags: PLAIN[system]!, lost: lost ?? [] }
  return { flags: { system, keywords: keywords.sort() }, lost: lost ?? [] }
}

/** One shared object per combination: half a million messages need no half a million objects. */
const PLAIN: readonly Flags[] = Array.from({ length: 32 }, (_, system) => ({ system, keywords: [] }))

/** The atoms to write in an APPEND or STORE line, system flags first. */
export function flagAtoms(flags: Flags): string[] {
  const atoms: string[] = []
  for (const [bit, atom] of SYSTEM) if (flags.system & bit) atoms.push(atom)
  return [...atoms, ...flags.keywords]
}

export function sameFlags(a: Flags, b: Flags): boolean {
  return (
    a.system === b.system &&
    a.keywords.length === b.keywords.length &&
    a.keywords.every((keyword, index) => keyword.toLowerCase() === b.keywords[index]!.toLowerCase())
  )
}

/** The flags that both have, spelt as in `a`. */
export function commonFlags(a: Flags, b: Flags): Flags {
  const also = new Set(b.keywords.map((keyword) => keyword.toLowerCase()))
  return { system: a.system & b.system, keywords: a.keywords.filter((keyword) => also.has(keyword.toLowerCase())) }
}

/** What of `flags` a folder will keep (PERMANENTFLAGS, RFC 9051 §7.1), and what it will not. */
export function fitFlags(flags: Flags, permanent: PermanentFlags): { kept: Flags; lost: readonly string[] } {
  const system = flags.system & permanent.system
  const lost: string[] = []
  for (const [bit, atom] of SYSTEM) if (flags.system & bit && !(permanent.system & bit)) lost.push(atom)
  let keywords = flags.keywords
  if (!permanent.anyKeyword && keywords.length > 0) {
    const known = new Set(permanent.keywords.map((keyword) => keyword.toLowerCase()))
    lost.push(...keywords.filter((keyword) => !known.has(keyword.toLowerCase())))
    keywords = keywords.filter((keyword) => known.has(keyword.toLowerCase()))
  }
  return lost.length === 0 ? { kept: flags, lost } : { kept: { system, keywords }, lost }
}

export interface PermanentFlags {
  readonly system: number
  /** `\*`: new keywords may be made. */
  readonly anyKeyword: boolean
  readonly keywords: readonly string[]
}

export const ALL_PERMANENT: PermanentFlags = { system: 31, anyKeyword: true, keywords: [] }

export interface FlagChange {
  readonly add: Flags
  readonly remove: Flags
}

/**
 * Three-way merge per flag (transfer-engine.md §5): `last` is what we wrote, `source` and `target` what stands
 * there now. A flag that the target changed since we wrote it is the target's own and stays as it is.
 * Answers null when there is nothing to write.
 */
export function mergeFlags(last: Flags, source: Flags, target: Flags): FlagChange | null {
  const changedAtSource = last.system ^ source.system
  const changedAtTarget = last.system ^ target.system
  // \Deleted never flows: a deletion is not a flag that the other side should get.
  const wanted = changedAtSource & ~changedAtTarget & ~DELETED
  const has = (list: readonly string[]) => new Set(list.map((keyword) => keyword.toLowerCase()))
  const [inLast, inSource, inTarget] = [has(last.keywords), has(source.keywords), has(target.keywords)]
  const add = source.keywords.filter((keyword) => {
    const key = keyword.toLowerCase()
    return !inLast.has(key) && !inTarget.has(key)
  })
  const remove = last.keywords.filter((keyword) => {
    const key = keyword.toLowerCase()
    return !inSource.has(key) && inTarget.has(key)
  })
  if (wanted === 0 && add.length === 0 && remove.length === 0) return null
  return {
    add: { system: wanted & source.system, keywords: add },
    remove: { system: wanted & ~source.system, keywords: remove },
  }
}

export function applyChange(flags: Flags, change: FlagChange): Flags {
  const gone = new Set(change.remove.keywords.map((keyword) => keyword.toLowerCase()))
  const kept = flags.keywords.filter((keyword) => !gone.has(keyword.toLowerCase()))
  return {
    system: (flags.system & ~change.remove.system) | change.add.system,
    keywords: [...kept, ...change.add.keywords].sort(),
  }
}
