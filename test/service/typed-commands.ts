/**
 * The blocks of a document that are marked as typed, run as they stand on one machine that plays all hosts. What a machine
 * of one's own has and this one has not is replaced, and nothing else: names and folders of hosts by the table of the
 * test, and these commands: sudo, ssh, scp, systemctl, chown, chgrp and install's -o and -g.
 */
import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

export interface TypedBlock {
  readonly hosts: readonly string[]
  readonly text: string
}

/** `<!-- typed on HOST, HOST -->` and a fenced block after it, in their order. */
export function typedBlocks(document: string): TypedBlock[] {
  return [...document.matchAll(/<!-- typed on ([\w, ]+) -->\n```sh\n(.*?)\n```\n/gs)].map(([, hosts, text]) => ({
    hosts: hosts!.split(', '),
    text: text!,
  }))
}

/** The machine: `<folder>/<host>` has the folders of each host. */
export interface Machine {
  readonly folder: string
  /** What is replaced in a text that is typed on a host, or stands in a unit there; the first that matches counts. */
  table(host: string): readonly (readonly [string, string])[]
  readonly env: NodeJS.ProcessEnv
  /** `systemctl …` on a host. */
  systemctl(host: string, words: readonly string[]): Promise<void>
}

export function replaced(text: string, table: Machine['table'] extends (host: string) => infer T ? T : never): string {
  const pattern = new RegExp(table.map(([from]) => from.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|'), 'g')
  return text.replace(pattern, (found) => table.find(([from]) => from === found)![1])
}

/** Types a block on a host; throws with what was said when a command of it fails. */
export async function type(machine: Machine, host: string, text: string): Promise<string> {
  const bin = stubs(machine, host)
  const requests = join(machine.folder, 'requests')
  mkdirSync(requests, { recursive: true })
  const child = spawn('bash', ['-eu', '-o', 'pipefail'], {
    env: { ...process.env, ...machine.env, PATH: `${bin}:${process.env['PATH']}` },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => (said += chunk))
  let code: number | null | undefined
  child.on('close', (ended) => (code = ended ?? 1))
  child.stdin.end(replaced(text, machine.table(host)))
  while (code === undefined) {
    for (const name of readdirSync(requests).filter((one) => one.endsWith('.asked'))) {
      const path = join(requests, name)
      const answer = path.replace(/asked$/, 'done')
      if (existsSync(answer)) continue
      await machine.systemctl(host, readFileSync(path, 'utf8').trim().split('\n'))
      writeFileSync(answer, '')
    }
    await delay(10)
  }
  if (code !== 0) throw new Error(`typed on ${host}, it ended with ${code}:\n${text}\n\n${said}`)
  return said
}

/** The commands of a host, as files in a folder that comes first in PATH. */
function stubs({ folder }: Machine, host: string): string {
  const bin = join(folder, host, 'bin')
  mkdirSync(bin, { recursive: true })
  // A path on another host: root@worker1.example.com:/…/waybill/etc is /…/worker1/etc.
  const there = `s#^root@\\([^.:]*\\)[^:]*:${folder}/${host}/#${folder}/\\1/#`
  const owner = process.getuid?.() === 0 ? '65534:65534' : ''
  const scripts: Record<string, string> = {
    sudo: 'while [ "${1#-}" != "$1" ]; do shift 2; done\nexec "$@"',
    chgrp: 'exit 0',
    chown: owner === '' ? 'exit 0' : `[ "$1" != postgres: ] || exec /bin/chown ${owner} "$2"`,
    install:
      'a=()\nwhile [ $# -gt 0 ]; do case $1 in -o|-g) shift 2;; *) a+=("$1"); shift;; esac; done\nexec /usr/bin/install "${a[@]}"',
    scp: `a=()\nfor one; do a+=("$(printf %s "$one" | sed '${there}')"); done\nexec cp "\${a[@]}"`,
    ssh: `to=$(printf %s "$1" | sed 's/^root@\\([^.]*\\).*/\\1/')\nshift\nPATH="${folder}/$to/bin:$PATH" exec bash -c "$(printf %s "$*" | sed "s#${folder}/${host}/#${folder}/$to/#g")"`,
    systemctl: `r=$(mktemp "${folder}/requests/XXXXXX")\nprintf '%s\\n' "$@" > "$r.new"\nmv "$r.new" "$r.asked"\nuntil [ -e "$r.done" ]; do sleep 0.05; done`,
  }
  for (const [name, text] of Object.entries(scripts)) {
    writeFileSync(join(bin, name), `#!/bin/bash\n${text}\n`)
    chmodSync(join(bin, name), 0o755)
  }
  return bin
}

/** What systemd would start: command and environment of a unit file. */
export function unitOf(text: string): { start: string; startPost: string | null; env: Record<string, string> } {
  const values = (key: string) => [...text.matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map(([, value]) => value!)
  return {
    start: values('ExecStart')[0]!,
    startPost: values('ExecStartPost')[0] ?? null,
    env: Object.fromEntries(values('Environment').map((line) => line.split('=', 2) as [string, string])),
  }
}
