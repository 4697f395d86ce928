/** What a password of an administrator must be: long, and not what everybody tries first (NIST SP 800-63B §3.1.1.2). */
import { badValue } from '#base/request-faults.ts'

const SHORTEST = 12
const LONGEST = 1024
const FEWEST_DIFFERENT = 5

/** What is left of common passwords without their digits, signs and repetitions. */
const COMMON = new Set(
  `password passwort motdepasse passw administrator administrateur administration admin root
   welcome willkommen bienvenue letmein changeme changeit default secret qwerty qwertyuiop qwertyuiopasdfghjkl
   qwertz qwertzuiop azerty azertyuiop asdfghjkl iloveyou jetaime trustno football baseball sunshine princess dragon
   monkey superman batman waybill exchange microsoft contoso correcthorsebatterystaple abcdefghijkl abcdefghijklm
   abcdefghijklmnop abcdefghijklmnopqrstuvwxyz
   qwertyuiopasdfghjklzxcvbnm`.split(/\s+/),
)
const DIGITS = ['0123456789012345678901234567890', '0987654321098765432109876543210']

/** @throws Fault VALUE_INVALID that names the field, and never what was in it */
export function checkPassword(field: string, password: string, userName: string): void {
  const normal = password.normalize('NFC')
  const { length } = Array.from(normal)
  if (length < SHORTEST) throw badValue(field, `must have at least ${SHORTEST} characters`)
  if (length > LONGEST) throw badValue(field, `may have at most ${LONGEST} characters`)
  const folded = normal.toLowerCase()
  const name = userName.normalize('NFC').toLowerCase()
  const names = [name, name.split('@')[0]!].filter((one) => one.length > 2)
  for (const one of names) {
    if (folded.replaceAll(one, '').length < SHORTEST / 2) throw badValue(field, 'must be more than the user name')
  }
  if (isCommon(folded)) throw badValue(field, 'is one that is tried first', 'Take four words that nobody would guess.')
}

function isCommon(folded: string): boolean {
  if (new Set(folded).size < FEWEST_DIFFERENT) return true
  if (DIGITS.some((row) => row.includes(folded))) return true
  // Signs and years behind a word make none of it.
  const word = folded.replace(/[^\p{L}]+$/u, '')
  const spelt = word.replaceAll('@', 'a').replaceAll('$', 's').replaceAll('0', 'o').replaceAll('3', 'e')
  return [folded, spelt].some((text) => {
    const letters = text.replaceAll(/[^\p{L}]/gu, '')
    return COMMON.has(letters) || COMMON.has(once(letters))
  })
}

/** `passwordpassword`: `password`. */
const once = (text: string) => /^(.{4,}?)\1+$/.exec(text)?.[1] ?? text
