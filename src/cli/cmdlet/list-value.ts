/** Lists as a shell hands them over: `"A","B"` arrives as `A,B`; a comma within a name is written `\,`. */

/** Splits at commas and line breaks (`"$(… -ExpandProperty Guid)"`); blanks around a name go. */
export function splitList(text: string): string[] {
  const items: string[] = []
  let item = ''
  for (let at = 0; at < text.length; at++) {
    const sign = text[at]!
    if (sign === '\\' && text[at + 1] === ',') {
      item += ','
      at++
    } else if (sign === ',' || sign === '\n') {
      items.push(item)
      item = ''
    } else item += sign
  }
  return [...items, item].map((one) => one.trim()).filter((one) => one !== '')
}

/** Whether a list goes on in the next word. */
export const isContinued = (text: string): boolean => /(?:^|[^\\]),\s*$/.test(text)
