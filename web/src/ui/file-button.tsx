/** Chooses a file of this machine; the browser's own field does it, and is not seen. */
import { Button, type ButtonProps } from '@fluentui/react-components'
import { useRef } from 'react'

interface FileButtonProps extends Pick<ButtonProps, 'appearance' | 'className' | 'icon'> {
  readonly label: string
  /** Of the field itself. */
  readonly fieldLabel: string
  /** Endings and types that the browser offers first. */
  readonly accept: string
  onTake(file: File): void
}

export function FileButton({ label, fieldLabel, accept, onTake, ...look }: FileButtonProps) {
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <Button {...look} onClick={() => input.current?.click()}>
        {label}
      </Button>
      <input
        ref={input}
        type="file"
        accept={accept}
        aria-label={fieldLabel}
        tabIndex={-1}
        className="unseen"
        onChange={({ target }) => {
          const file = target.files?.item(0)
          if (file) onTake(file)
          // The same file, corrected, is a change, too.
          target.value = ''
        }}
      />
    </>
  )
}
