/** Secrets that a test has planted, looked for in everything that was left behind or said. */
import assert from 'node:assert/strict'
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

export class Findings {
  readonly #texts = new Map<string, Buffer>()

  add(name: string, text: string | Buffer): void {
    this.#texts.set(name, Buffer.from(text))
  }

  /** Every file below, but those that `isTheirs`: what a person wrote there. */
  addFiles(folder: string, isTheirs: (path: string) => boolean = () => false): string[] {
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((name) => join(folder, name))
      .filter((path) => !isTheirs(path) && statSync(path, { throwIfNoEntry: false })?.isFile() === true)
    for (const path of files) this.add(path, readFileSync(path))
    return files
  }

  where(needle: Buffer | string): string[] {
    return [...this.#texts].filter(([, text]) => text.includes(needle)).map(([name]) => name)
  }

  /** In no spelling that programs give to text. */
  assertAbsent(planted: Readonly<Record<string, string>>): void {
    for (const [name, secret] of Object.entries(planted)) {
      assert.deepEqual(this.where(secret), [], name)
      assert.deepEqual(this.where(Buffer.from(secret, 'utf16le')), [], `${name}, UTF-16`)
      assert.deepEqual(this.where(Buffer.from(secret).toString('hex')), [], `${name}, hex`)
      assert.deepEqual(this.where(encodeURIComponent(secret)), [], `${name}, in a URL`)
      for (const base64 of asBase64(secret)) assert.deepEqual(this.where(base64), [], `${name}, base64`)
    }
  }
}

/** What its inner bytes look like in base64, wherever in a longer text it stands. */
const asBase64 = (secret: string) =>
  ['', 'x', 'xx'].map((before) =>
    Buffer.from(before + secret)
      .toString('base64')
      .slice(4, -4),
  )
