/**
 * What faults say comes from many hands and ends in servers' words; shown, each is one sentence: a capital at the start,
 * unless it starts with a name or an address, and one full stop at the end, unless it ends with a path to be copied.
 */
export function sentence(text: string): string {
  const trimmed = text.trim().replace(/(?<!\.)\.\.$/, '.')
  const capital = /^[a-z]+(?=[ ,]|: )/.test(trimmed) ? trimmed.charAt(0).toUpperCase() + trimmed.slice(1) : trimmed
  return /[.!?…:]$|\/\S*$/.test(capital) || capital === '' ? capital : `${capital}.`
}
