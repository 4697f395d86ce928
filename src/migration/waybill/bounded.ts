/** At most `most` UTF-16 units, never half a character; what was cut is marked by an ellipsis. */
export function bounded(text: string, most: number): string {
  if (text.length <= most) return text
  const unit = text.charCodeAt(most - 2)
  return `${text.slice(0, unit >= 0xd800 && unit <= 0xdbff ? most - 2 : most - 1)}…`
}
