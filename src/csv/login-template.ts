/** What a value may not hold because it fills a log-in template such as `{user}*{admin}` (architecture.md §6.6). */

/** Masters of well-known servers: Dovecot `*` and `%`, Exchange `\`, Mirapoint `#`. */
const always = ['*', '%', '\\', '#', '\0', '\r', '\n']

/** In every address, so they cannot separate anything. */
const harmless = /[\p{L}\p{N}@._-]/u

export interface LoginTemplate {
  /** True when the row's TargetUserName, else its EmailAddress, goes into it as `{user}`. */
  readonly takesUser: boolean
  /** True when parts of the EmailAddress go into it as `{local}` or `{domain}`. */
  readonly takesAddress: boolean
  /** Characters that end a value: `victim*admin` in an address column would log in as somebody else. */
  readonly separators: readonly string[]
}

/** Reads a template for what it takes and what separates it: the well-known separators and its own (`/` in `{admin}/{user}`). */
export function readLoginTemplate(template: string): LoginTemplate {
  const own = Array.from(template.replaceAll(/\{\w+\}/g, '')).filter((sign) => !harmless.test(sign))
  return {
    takesUser: template.includes('{user}'),
    takesAddress: template.includes('{local}') || template.includes('{domain}'),
    separators: [...new Set([...always, ...own])],
  }
}

/** The first separator in a value, named for a message, or null. */
export function separatorIn(value: string, { separators }: LoginTemplate): string | null {
  const found = separators.find((sign) => value.includes(sign))
  if (found === undefined) return null
  return { '\0': 'a NUL character', '\r': 'a line break', '\n': 'a line break' }[found] ?? `"${found}"`
}
