/** The language that is shown: what was chosen here, else what the administrator's account says, else the browser's. */
import { createContext, useContext } from 'react'
import { en, type Words } from './en.ts'

export const LANGUAGES = ['en', 'fr'] as const
export type Language = (typeof LANGUAGES)[number]

const isLanguage = (text: string | null | undefined): text is Language => LANGUAGES.some((known) => known === text)
const KEY = 'waybill.language'

export function chosenLanguage(): Language | null {
  const kept = localStorage.getItem(KEY)
  return isLanguage(kept) ? kept : null
}

export const keepLanguage = (language: Language): void => localStorage.setItem(KEY, language)

export const browserLanguage = (): Language =>
  navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase()).find(isLanguage) ?? 'en'

/** Other languages are loaded when they are wanted. */
export const wordsOf = async (language: Language): Promise<Words> =>
  language === 'fr' ? (await import('./fr.ts')).fr : en

interface Spoken {
  readonly language: Language
  readonly words: Words
  choose(language: Language): void
}

export const Speech = createContext<Spoken>({ language: 'en', words: en, choose() {} })
export const useSpeech = (): Spoken => useContext(Speech)
export const useWords = (): Words => useContext(Speech).words
