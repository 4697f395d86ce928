/**
 * Progress for a person at a terminal: a bar for each user at work, one for all users, and above them a line for
 * whatever is over, so that a thousand users need no more room than the ones at work.
 */
import cliProgress from 'cli-progress'
import { type Seen, firstSeen, lineOf, timeLeft } from './progress-seen.ts'
import { bytes, count } from './quantities.ts'
import type { ProgressView } from './render-progress.ts'
import { safeText } from '#base/safe-text.ts'

const NAME_COLUMNS = 30

interface UserBar {
  readonly bar: cliProgress.SingleBar
  readonly seen: Seen
}

export function barView(stream: NodeJS.WriteStream): ProgressView {
  const bars = new cliProgress.MultiBar(
    {
      stream,
      hideCursor: true,
      clearOnComplete: true,
      // The library cuts its own bars to the width; what we say above them may take as many lines as it needs.
      linewrap: true,
      forceRedraw: true,
      barsize: 20,
      format: '{user} [{bar}] {done}{left}',
    },
    cliProgress.Presets.shades_classic,
  )
  let all: cliProgress.SingleBar | null = null
  const shown = new Map<string, UserBar>()
  const say = (text: string) => {
    const line = `${safeText(text)}\n`
    // Without a bar nothing would ever flush what the library has been given to log.
    if (all === null) stream.write(line)
    // A line may wrap, and the rows below it hold the bars of the last drawing.
    else bars.log(`\u001b[0J${line}`)
  }
  return {
    show(event) {
      switch (event.kind) {
        case 'accepted': {
          const line = lineOf(event)
          if (line !== null) say(line)
          if (event.users > 0)
            all = bars.create(event.users, 0, { user: name('Users'), done: `0/${count(event.users)}`, left: '' })
          return
        }
        case 'planned': {
          const entry = shown.get(event.user)
          if (entry) entry.seen.total = event.messages
          else if (event.messages > 0) {
            const bar = bars.create(event.messages, 0, { user: name(event.user), done: '', left: '' })
            shown.set(event.user, { bar, seen: firstSeen(event.messages, Date.now()) })
          }
          const now = shown.get(event.user)
          if (now) draw(now)
          return
        }
        case 'progress': {
          const entry = shown.get(event.user)
          if (!entry) return
          entry.seen.messages += event.messages
          entry.seen.bytes += event.bytes
          draw(entry)
          return
        }
        case 'finished':
        case 'checked': {
          const entry = shown.get(event.user.emailAddress)
          shown.delete(event.user.emailAddress)
          if (entry) bars.remove(entry.bar)
          const done = (all?.getProgress() ?? 0) * (all?.getTotal() ?? 0)
          all?.update(Math.round(done) + 1, { done: `${count(Math.round(done) + 1)}/${count(all.getTotal())}` })
          break
        }
        case 'started':
          // The bar says it soon enough.
          return
        case 'warning':
        case 'stopping':
        case 'note':
          break
      }
      const line = lineOf(event)
      if (line !== null) say(line)
    },
    close() {
      if (all === null) return
      bars.update()
      bars.stop()
      all = null
    },
  }
}

const draw = ({ bar, seen }: UserBar) => {
  const left = timeLeft(seen, Date.now())
  bar.setTotal(Math.max(seen.total, seen.messages))
  bar.update(seen.messages, {
    done: `${count(seen.messages)}/${count(Math.max(seen.total, seen.messages))}, ${bytes(seen.bytes)}`,
    left: left === '' ? '' : `, ${left}`,
  })
}

function name(text: string): string {
  const safe = safeText(text)
  return (safe.length > NAME_COLUMNS ? `${safe.slice(0, NAME_COLUMNS - 1)}…` : safe).padEnd(NAME_COLUMNS)
}
