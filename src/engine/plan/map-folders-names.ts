/**
 * Names that a target takes. Which it refuses, and why, only the target knows (`nameProblem`); here is how a refused
 * name becomes one that it takes: always the same for the same name, changing as little as will do.
 *
 * In this order, each alone and then all together: control characters, `/`, `.` and `\` become `_`; blanks at the ends
 * go, several become one; `* % ^ " ~ & #` and the like become `_`; a reserved word gets a `_` behind it. Then the name
 * is cut at its end. Where a letter is refused even alone, everything but ASCII becomes `_` first. A folder that is too
 * deep moves up beside its parent as `Parent_Name`. Names that are taken get ` (2)`, ` (3)` behind them.
 */
import { Fault } from '#base/fault.ts'
import type { FolderPath, TargetFolder } from '../ports.ts'
import { formatFolder } from './exclude.ts'

export interface TargetNaming {
  readonly folders: readonly TargetFolder[]
  /** Names equal but for case are one folder. */
  readonly caseInsensitive: boolean
  /** Names equal in Unicode's normal form C are one folder; by default they are two. */
  readonly unicodeInsensitive?: boolean
  /** Why the target refuses a path (its last name, its depth or length), in a few words; null when it does not. */
  nameProblem(path: FolderPath): string | null
}

type Step = (name: string) => string

const LIGHT: readonly Step[] = [
  // oxlint-disable-next-line no-control-regex -- these are what has to go
  (name) => name.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, '_'),
  (name) => name.replaceAll('/', '_'),
  (name) => name.replaceAll('.', '_'),
  (name) => name.replaceAll('\\', '_'),
  (name) => name.trim() || '_',
  (name) => name.replace(/ {2,}/g, ' '),
  (name) => name.replace(/[*%^"~&#{}()<>|:?!$;'`[\]]/g, '_'),
  (name) => `${name}_`,
]
const TO_ASCII: Step = (name) => name.replace(/[^ -~]/gu, '_')
/** Made when a name is cut: its tables take 10 ms, which no start of a command shall wait for. */
let graphemes: Intl.Segmenter | undefined

/** What stands to be tried for a refused name, without cutting it: each step alone, then more and more together. */
function candidates(name: string): string[] {
  const all = LIGHT.map((step) => step(name))
  let together = name
  for (const step of LIGHT) all.push((together = step(together)))
  return [...new Set(all)].filter((candidate) => candidate !== name)
}

export class TargetNames {
  readonly #target: TargetNaming
  /** Paths that a source folder has been given, and how that one is spelt. */
  readonly #taken = new Map<string, FolderPath>()
  readonly #there = new Map<string, FolderPath>()
  /** The suffix to try first for a path that was taken before. */
  readonly #suffixes = new Map<string, number>()

  constructor(target: TargetNaming) {
    this.#target = target
    for (const { path } of target.folders) this.#there.set(this.#key(path), path)
  }

  #key(path: FolderPath): string {
    const folded = path.map((name, depth) => {
      // INBOX is one folder in any case, on every server (RFC 9051 §5.1).
      if (depth === 0 && name.toUpperCase() === 'INBOX') return 'INBOX'
      const formed = this.#target.unicodeInsensitive ? name.normalize('NFC') : name
      return this.#target.caseInsensitive ? formed.toLowerCase() : formed
    })
    return JSON.stringify(folded)
  }

  claim(path: FolderPath): void {
    this.#taken.set(this.#key(path), path)
  }

  /** The path that was claimed and is the same folder to the target; null when this one is free. */
  takenBy(path: FolderPath): FolderPath | null {
    return this.#taken.get(this.#key(path)) ?? null
  }

  /** As the target spells it, where it has the folder already. */
  spelt(path: FolderPath): FolderPath {
    return this.#there.get(this.#key(path)) ?? path
  }

  problem(path: FolderPath): string | null {
    if (path.at(-1) === '') return 'the name is empty'
    return this.#there.has(this.#key(path)) ? null : this.#target.nameProblem(path)
  }

  /** A path below `parent` that the target takes, and why `name` itself would not do (null: it does). */
  fit(parent: FolderPath, name: string): { readonly path: FolderPath; readonly problem: string | null } {
    const problem = this.problem([...parent, name])
    if (problem === null) return { path: [...parent, name], problem }
    const fits = (candidate: string) => this.problem([...parent, candidate]) === null
    if (fits('x')) {
      // A letter that the target refuses even alone: cutting the name in front of it would lose more than need be.
      const foreign = /[^ -~]/u.exec(name)?.[0]
      const base = foreign === undefined || fits(foreign) ? name : TO_ASCII(name)
      const tries = base === name ? candidates(name) : [base, ...candidates(base)]
      const found = tries.find(fits) ?? firstCut([base, ...tries], fits) ?? 'x'
      return { path: [...parent, found], problem }
    }
    // Nothing can stand there: too deep, or a parent that may have no children.
    if (parent.length === 0) throw refused(name, problem)
    return { path: this.fit(parent.slice(0, -1), `${parent.at(-1)!}_${name}`).path, problem }
  }

  /** The path with the first suffix that makes it free; shorter where the target takes no longer name. */
  suffixed(path: FolderPath): FolderPath {
    const parent = path.slice(0, -1)
    const name = path.at(-1)!
    const key = this.#key(path)
    // Names are never given back, so numbers once found taken stay taken.
    for (let count = this.#suffixes.get(key) ?? 2; ; count++) {
      this.#suffixes.set(key, count)
      for (const suffix of [` (${count})`, `_${count}`]) {
        const candidate = this.#withSuffix(parent, name, suffix)
        if (candidate === null) continue
        if (this.takenBy(candidate) === null) return candidate
        break
      }
      if (count > this.#taken.size + 2)
        throw refused(name, this.problem([...parent, `${name}_2`]) ?? 'the name is taken')
    }
  }

  #withSuffix(parent: FolderPath, name: string, suffix: string): FolderPath | null {
    const fits = (candidate: string) => this.problem([...parent, candidate + suffix]) === null
    const base = fits(name) ? name : firstCut([name], fits)
    return base === null ? null : [...parent, base + suffix]
  }
}

/** A longest beginning of the first of `names` that has one that fits, cut between characters as people see them. */
function firstCut(names: readonly string[], fits: (name: string) => boolean): string | null {
  for (const name of names) {
    const parts = Array.from((graphemes ??= new Intl.Segmenter()).segment(name), ({ segment }) => segment)
    // By halves: a server may send thousands of names of thousands of characters.
    let [cut, over] = [0, parts.length]
    while (over - cut > 1) {
      const middle = (cut + over) >> 1
      if (fits(parts.slice(0, middle).join(''))) cut = middle
      else over = middle
    }
    if (cut > 0) return parts.slice(0, cut).join('')
  }
  return null
}

function refused(name: string, problem: string): Fault {
  const folder = formatFolder([name])
  return new Fault({
    code: 'TARGET_FOLDER_NAME',
    scope: 'mailbox',
    transient: false,
    message: `The target takes no name for folder ${folder}: ${problem}.`,
    remedy: 'Rename the folder on the source, or leave it out.',
    facts: { folder },
  })
}
