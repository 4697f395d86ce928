/** The settings of a removed batch, by the names that the cmdlets have for them. */

/** Of an object: what it is called, and where it is. */
const text = (value: unknown): string => {
  if (value === null || value === undefined || value === '') return '—'
  if (Array.isArray(value)) return value.length === 0 ? '—' : value.map(text).join(', ')
  if (typeof value === 'object')
    return Object.entries(value)
      .toSorted(([one], [other]) => Number(other === 'name') - Number(one === 'name'))
      .map(([, one]: [string, unknown]) => one)
      .filter((one) => one !== null && one !== '')
      .map(text)
      .join(' · ')
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  return typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value)
}

export const settingsOf = (settings: Readonly<Record<string, unknown>>): (readonly [string, string])[] =>
  Object.entries(settings)
    .map(([name, value]) => [name.charAt(0).toUpperCase() + name.slice(1), text(value)] as const)
    .toSorted(([one], [other]) => one.localeCompare(other))
