/** What the service says is read in a browser, too: it names neither flags nor parameters of cmdlets. */
import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { test } from 'node:test'

const root = new URL('../src/', import.meta.url)

/** Of commands alone, or said before there is a service. */
const OF_COMMANDS =
  /^(?:cli|server)\/|^contract\/settings\.ts$|^migration\/(?:migrate|waybill)\/|^store\/(?:embedded|backup)\/|^store\/(?:data-folder|fs-faults)\.ts$/

/** No sentence: what an act is called in the audit log, and lines that a mail gives to be copied. */
const NAME = /^'[A-Z]\w+-[A-Z]\w+(?: -\w+)?'$|^`(?:Get|Export)-Migration/

/** A remedy that is a thing to do on the machine of the service, whichever way one came. */
const ON_THE_MACHINE = [
  'backup made with --with-key',
  'run Set-MailboxDatabase with -Path',
  'New-Administrator on this machine',
]

const WAY =
  /(?:^|[\s(])(?:--[a-z][a-z-]+|-[A-Z][A-Za-z]+)|\b(?:Get|Set|New|Start|Stop|Remove|Test)-[A-Z]\w+|\bwaybill (?:csv|migrate|token|connect)\b/

test('no sentence of the service tells a person in the browser to use a flag or a cmdlet', () => {
  const said = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !OF_COMMANDS.test(file))
    .flatMap((file) =>
      readFileSync(new URL(file, root), 'utf8')
        .split('\n')
        .filter((line) => !/^\s*(?:\/?\*|\/\/)/.test(line))
        .flatMap((line) =>
          (line.match(/'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`|"(?:[^"\\]|\\.)*"/g) ?? []).map((text) => ({ file, text })),
        ),
    )
  assert.ok(said.length > 3000, `${said.length} texts are found`)
  assert.deepEqual(
    said
      .filter(
        ({ text }) =>
          WAY.test(text.slice(1, -1)) && !NAME.test(text) && !ON_THE_MACHINE.some((one) => text.includes(one)),
      )
      .map(({ file, text }) => `${file}: ${text}`),
    [],
  )
})
