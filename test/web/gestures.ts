/** What a person does on a page. */
import type { Locator, Page } from 'playwright-core'

/** By its label; what must be filled in has a star behind it. */
export const field = (page: Page, label: string): Locator =>
  page.getByLabel(new RegExp(`^${label.replace(/[()]/g, '\\$&')}\\s*\\*?$`))

export async function signIn(page: Page, userName: string, password: string): Promise<void> {
  await field(page, 'User name').fill(userName)
  await field(page, 'Password').fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

export interface FileOnDisk {
  readonly name: string
  readonly mimeType: string
  readonly buffer: Buffer
}

export const csvFile = (name: string, rows: readonly string[]): FileOnDisk => ({
  name,
  mimeType: 'text/csv',
  buffer: Buffer.from(['EmailAddress,UserName,Password', ...rows, ''].join('\r\n')),
})

/** Onto this place. */
export async function drop(place: Locator, ...files: readonly FileOnDisk[]): Promise<void> {
  const made = files.map(({ buffer, name, mimeType }) => {
    const [text, called, type] = [buffer.toString(), name, mimeType].map((value) => JSON.stringify(value))
    return `all.items.add(new File([${text}], ${called}, { type: ${type} }))`
  })
  const transfer = await place
    .page()
    .evaluateHandle(`(() => { const all = new DataTransfer(); ${made.join('; ')}; return all })()`)
  await place.dispatchEvent('drop', { dataTransfer: transfer })
}

/** As if copied elsewhere: a spreadsheet puts tabs between cells, and line ends between rows. */
export async function paste(into: Locator, text: string): Promise<void> {
  const event = await into
    .page()
    .evaluateHandle(
      `(() => { const clipboardData = new DataTransfer(); clipboardData.setData('text/plain', ${JSON.stringify(text)}); return new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }) })()`,
    )
  await into.evaluate((element, pasted) => element.dispatchEvent(pasted as Event), event)
}
