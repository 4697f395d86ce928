/** The language that is shown: what was chosen here, else what the administrator's account says, else the browser's. */
import { createContext, useContext } from 'react'
import { en, type Words } from './en.ts'

/** Every other file here is named by a language tag (RFC 5646) and says the same in that language: nothing else is to be done. */
const OTHERS = import.meta.glob<Words>(['./??.ts', './??-??.ts', '!./en.ts'], { import: 'default' })
const tagOf = (file: string) => file.slice(2, -'.ts'.length)

/** A tag of RFC 5646. */
export type Language = string
export const LANGUAGES: readonly Language[] = ['en', ...Object.keys(OTHERS).map(tagOf)].toSorted()

/** As those who speak it call it. */
export function nameOfLanguage(language: Language): string {
  const name = new Intl.DisplayNames([language], { type: 'language' }).of(language) ?? language
  return name.charAt(0).toLocaleUpperCase(language) + name.slice(1)
}

const known = (tag: string | null | undefined): Language | undefined =>
  tag == null
    ? undefined
    : (LANGUAGES.find((one) => one.toLowerCase() === tag.toLowerCase()) ??
      LANGUAGES.find((one) => one === tag.slice(0, 2).toLowerCase()))
const KEY = 'waybill.language'

export const chosenLanguage = (): Language | null => known(localStorage.getItem(KEY)) ?? null
export const keepLanguage = (language: Language): void => localStorage.setItem(KEY, language)

const browserLanguage = (): Language => navigator.languages.map(known).find((one) => one !== undefined) ?? 'en'
/** @param own what the account says of whom is signed in */
export const firstLanguage = (own?: string | null): Language => chosenLanguage() ?? known(own) ?? browserLanguage()

/** Other languages are loaded when they are wanted. */
export async function wordsOf(language: Language): Promise<Pick<Spoken, 'language' | 'words'>> {
  try {
    const words = await OTHERS[`./${language}.ts`]?.()
    if (words !== undefined) return { language, words }
  } catch {
    // Its file did not arrive: said in English rather than not at all.
  }
  return { language: 'en', words: en }
}

interface Spoken {
  readonly language: Language
  readonly words: Words
  choose(language: Language): void
}

export const Speech = createContext<Spoken>({ language: 'en', words: en, choose() {} })
export const useSpeech = (): Spoken => useContext(Speech)
export const useWords = (): Words => useContext(Speech).words
