/** Whether the lines stand in their order and every count is what the lines add up to. */
import { COUNT_NAMES, MOST_FOLDERS, NO_COUNTS, addCounts, imbalance, isExcluded } from './format.ts'
import type { Counts, CountsLine, FolderLine, HeaderLine, SealLine, TotalsLine, WaybillLine } from './format.ts'

/** Enough to see what is wrong; a hostile file must not fill the memory with complaints. */
const MOST_PROBLEMS = 20

export interface FolderCheck extends FolderLine {
  /** Null while its counts line has not come. */
  counts: Counts | null
}

export class CountsCheck {
  header: HeaderLine | null = null
  totals: Counts | null = null
  readonly folders: FolderCheck[] = []
  #open: FolderCheck | null = null
  #tally = emptyTally()
  #sum = NO_COUNTS
  #problems = 0
  readonly #report: (line: number, message: string) => void

  constructor(report: (line: number, message: string) => void) {
    this.#report = report
  }

  take(number: number, line: Exclude<WaybillLine, SealLine>): void {
    if (this.totals) return this.#wrong(number, 'a line stands between the totals and the seal')
    if (line.kind === 'waybill') {
      if (number === 1) this.header = line
      else this.#wrong(number, 'a second header')
    } else if (line.kind === 'folder') {
      this.#folder(number, line)
    } else if (line.kind === 'totals') {
      this.#close(number, line)
    } else if (this.#open === null || line.folder !== this.#open.folder) {
      this.#wrong(number, `this line is of folder ${line.folder}, which is not the one before it`)
    } else if (line.kind === 'message') {
      this.#tally[line.outcome]++
      this.#tally.bytes += line.bytes
    } else if (line.kind === 'skipped') {
      this.#tally[isExcluded(line.skip) ? 'excluded' : 'skipped']++
    } else {
      this.#counts(number, line, this.#open)
    }
  }

  /** After the last line: `number` is the seal's. */
  end(number: number): void {
    if (this.totals === null) this.#wrong(number, 'the totals before the seal are missing')
  }

  #folder(number: number, line: FolderLine): void {
    if (this.#open) this.#wrong(number, `the counts of folder ${this.#open.folder} are missing`)
    if (line.folder !== this.folders.length) this.#wrong(number, `folder ${line.folder} is out of order`)
    this.#open = { ...line, counts: null }
    this.#tally = emptyTally()
    if (this.folders.length < MOST_FOLDERS) this.folders.push(this.#open)
    else this.#wrong(number, `more than ${MOST_FOLDERS} folders`)
  }

  #counts(number: number, line: CountsLine, folder: FolderCheck): void {
    for (const name of ['carried', 'adopted', 'found', 'skipped', 'bytes'] as const) {
      if (line[name] === this.#tally[name]) continue
      this.#wrong(number, `${name} is ${line[name]}, but the lines of the folder make ${this.#tally[name]}`)
    }
    if (line.excluded < this.#tally.excluded) {
      this.#wrong(number, `excluded is ${line.excluded}, but the folder lists ${this.#tally.excluded} such messages`)
    }
    const difference = imbalance(line)
    if (difference !== 0) this.#wrong(number, `what is explained differs from the source by ${difference}`)
    if (this.header?.complete && line.unexplained > 0) {
      this.#wrong(number, `${line.unexplained} messages are unexplained in a waybill that calls itself complete`)
    }
    folder.counts = line
    this.#sum = addCounts(this.#sum, line)
    this.#open = null
  }

  #close(number: number, line: TotalsLine): void {
    if (this.#open) this.#wrong(number, `the counts of folder ${this.#open.folder} are missing`)
    if (line.folders !== this.folders.length) {
      this.#wrong(number, `the totals say ${line.folders} folders, the file has ${this.folders.length}`)
    }
    for (const name of COUNT_NAMES) {
      if (line[name] !== this.#sum[name]) {
        this.#wrong(number, `${name} is ${line[name]} in all, but the folders make ${this.#sum[name]}`)
      }
    }
    this.totals = line
  }

  #wrong(number: number, message: string): void {
    this.#problems++
    if (this.#problems <= MOST_PROBLEMS) this.#report(number, message)
  }
}

const emptyTally = () => ({ carried: 0, adopted: 0, found: 0, skipped: 0, excluded: 0, bytes: 0 })
