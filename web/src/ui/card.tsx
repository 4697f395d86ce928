/** A page of one form, before anybody is signed in; or in front of the page of somebody whose session has ended. */
import type { ReactNode } from 'react'
import { LANGUAGES, nameOfLanguage, useSpeech } from '../words/words.ts'
import { Mark } from './mark.tsx'
import { usePageTitle } from './page-title.tsx'

interface CardProps {
  readonly title: string
  readonly isInFront?: boolean
  readonly children: ReactNode
}

export function Card({ title, isInFront = false, children }: CardProps) {
  const { words, language, choose } = useSpeech()
  usePageTitle(isInFront ? null : title)
  const Main = isInFront ? 'div' : 'main'
  return (
    <div className="card-place">
      <Main className="card">
        <p className="card-brand">
          <Mark /> {words.product}
        </p>
        <h1>{title}</h1>
        {children}
      </Main>
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
