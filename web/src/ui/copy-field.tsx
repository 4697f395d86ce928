/** A text that is taken elsewhere, with a button that copies it. */
import { Button, Field, Input } from '@fluentui/react-components'
import { CopyRegular } from '@fluentui/react-icons/svg/copy'
import { useRef, useState } from 'react'
import { useWords } from '../words/words.ts'

export function CopyField({ label, value }: { readonly label: string; readonly value: string }) {
  const { tokens: words } = useWords()
  const place = useRef<HTMLDivElement>(null)
  const [told, setTold] = useState('')
  const copy = async () => {
    place.current?.querySelector('input')?.select()
    try {
      // Without TLS there is no clipboard at all (https://www.w3.org/TR/clipboard-apis/, secure contexts).
      await navigator.clipboard.writeText(value)
      setTold(words.copied)
    } catch {
      setTold(words.copyByHand)
    }
  }
  return (
    <div className="copy-field" ref={place}>
      <Field label={label}>
        <Input value={value} readOnly onFocus={(event) => event.target.select()} />
      </Field>
      <Button icon={<CopyRegular />} aria-label={words.copy(label)} onClick={() => void copy()} />
      <span role="status" className="small">
        {told}
      </span>
    </div>
  )
}
