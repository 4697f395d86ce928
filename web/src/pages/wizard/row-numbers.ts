/** Rows that are typed become a file whose first row is the header, which nobody who types has seen. */
import type { Draft } from './draft.ts'

export const rowShown = (usersFrom: Draft['usersFrom'], rowNumber: number): number =>
  usersFrom === 'typed' ? rowNumber - 1 : rowNumber

/** `the same as in row 3`, in what the rules and the service say. */
export const textShown = (usersFrom: Draft['usersFrom'], text: string): string =>
  usersFrom === 'typed'
    ? text.replace(/\b(row) (\d+)\b/gi, (_, word: string, number: string) => `${word} ${Number(number) - 1}`)
    : text
