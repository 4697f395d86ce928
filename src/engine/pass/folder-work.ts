/** What a pass knows of one folder while it works on it. */
import type { Fault } from '#base/fault.ts'
import type {
  FolderRecord,
  Intent,
  Intended,
  Landed,
  PermanentFlags,
  Skipped,
  SourceFolder,
  TargetFolder,
} from '../ports.ts'
import { ALL_PERMANENT } from '#mail/flags.ts'
import type { Runs } from '#base/uid-set.ts'
import { formatFolder } from '../plan/exclude.ts'
import type { FolderReport } from './report.ts'
import { UidClaims } from './uid-claims.ts'

/** Messages that are read with one FETCH and sent with one APPEND. */
export interface GroupPlan {
  /** Ascending source UIDs: a view into those of the whole folder, for half a million are many. */
  readonly uids: readonly number[] | Uint32Array
  /** What the source says they weigh. */
  readonly bytes: number
  /** One large message that goes through without being held in memory. */
  readonly streamed: boolean
}

export class FolderWork {
  readonly source: SourceFolder
  readonly report: FolderReport
  record: FolderRecord
  /** Records of the same folder under UIDVALIDITYs that it had before. */
  older: FolderRecord[]
  target: TargetFolder
  permanent: PermanentFlags = ALL_PERMANENT
  /** False: nothing has changed since the mark, and nothing is left in doubt. */
  active = true
  /** What the source said when it was opened; becomes the mark when all below it is settled. */
  seen: { readonly uidNext: number; readonly messages: number; readonly modseq: bigint | null } | null = null
  /** UIDNEXT of the target before our first byte of this pass. */
  probeFrom = 1
  /** UIDs already in the target. */
  landed: Runs = []
  /** UIDs that this pass has to carry or to explain. */
  planned: Runs = []
  /** UIDs that were gone from the source when they were to be read. */
  readonly vanished: number[] = []
  /** Groups planned and not yet taken by a lane. */
  readonly queue: GroupPlan[] = []
  /** Lanes that have taken groups of it. */
  carriers = 0
  /** Groups sent and not yet closed. */
  inFlight = 0
  /** Groups that go back into the queue when what is in flight has closed. */
  retry: GroupPlan[] = []
  /** Open intents whose outcome only a look can tell, oldest first. */
  doubt: Intent[] = []
  /** Those of them that an earlier pass left: people may have worked on their copies since. */
  inherited: ReadonlySet<string> = new Set()
  /** Messages of a doubt whose command was answered with BAD: its words, and how many the command held. */
  readonly confused = new Map<number, { readonly among: number; readonly said: string }>()
  /** How often the source broke off over a message that was read alone. */
  readonly brokeOff = new Map<number, number>()
  /** Messages sent again after a doubt: the audit at the end of the pass. */
  resent: Intended[] = []
  /** What this pass skipped here; their subjects are read at the end. */
  readonly skipped: Skipped[] = []
  /** Keys are missing for some landed messages: one listing at the end finds them. */
  keyless = false
  /** The UIDs that the target named for what it stored in this pass. */
  readonly claims = new UidClaims()
  /** It named one twice: at the end none of them counts. */
  liedAboutKeys = false
  /** Its UIDs of this pass have been given up already. */
  distrusted = false
  /** Landed messages with a date in the future, which some targets do not keep; the first thousand. */
  readonly future: Landed[] = []
  /** Refusals of single messages in a row with the same words. */
  refusals = { words: '', count: 0 }
  /** Faults of this folder alone: it is left, the others go on. */
  trouble: Fault | null = null
  /** Called when the queue or the flights change: lanes that wait look again. */
  changed: () => void = () => {}

  constructor(source: SourceFolder, target: TargetFolder, record: FolderRecord, older: FolderRecord[], why: string) {
    this.source = source
    this.target = target
    this.record = record
    this.older = older
    this.report = {
      record: record.id,
      sourcePath: source.path,
      targetPath: target.path,
      why,
      source: source.status?.messages ?? 0,
      carried: 0,
      landed: 0,
      vanished: 0,
      removed: null,
    }
  }

  /** The target folder's name for people. */
  get place(): string {
    return formatFolder(this.target.path)
  }

  get sourcePlace(): string {
    return formatFolder(this.source.path)
  }

  /** What is left of it is not carried in this pass. */
  giveUp(fault: Fault): void {
    this.trouble ??= fault
    this.queue.length = 0
  }

  /** Nothing queued, nothing under way: the folder can be finished or its doubts looked at. */
  get idle(): boolean {
    return this.queue.length === 0 && this.carriers === 0 && this.inFlight === 0
  }
}
