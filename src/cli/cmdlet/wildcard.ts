/** PowerShell's `*` and `?` in names, without regard to case. */

export const hasWildcard = (text: string): boolean => /[*?]/.test(text)

export function wildcard(pattern: string): (name: string) => boolean {
  const source = pattern.replace(/[\\^$.|+()[\]{}]/g, String.raw`\$&`).replaceAll('?', '.')
  // A run of stars is one: `a**********b` would else be tried in exponentially many ways.
  const regex = new RegExp(`^${source.replace(/\*+/g, '.*')}$`, 'isu')
  return (name) => regex.test(name)
}
