/** A page of one form, before anybody is signed in. */
import type { ReactNode } from 'react'
import { LANGUAGES, nameOfLanguage, useSpeech } from '../words/words.ts'
import { Mark } from './mark.tsx'
import { usePageTitle } from './page-title.tsx'

export function Card({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  const { words, language, choose } = useSpeech()
  usePageTitle(title)
  return (
    <div className="card-place">
      <main className="card">
        <p className="card-brand">
          <Mark /> {words.product}
        </p>
        <h1>{title}</h1>
        {children}
      </main>
      <div>
        {LANGUAGES.filter((one) => one !== language).map((one) => (
          <button key={one} type="button" className="plain" lang={one} onClick={() => choose(one)}>
            {nameOfLanguage(one)}
          </button>
        ))}
      </div>
    </div>
  )
}
