/** A form in front of the page; what it makes is used where it was opened. */
import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  MessageBar,
  MessageBarBody,
} from '@fluentui/react-components'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useReturnFocus } from './return-focus.ts'
import { useWords } from '../words/words.ts'

interface FormDialogProps {
  readonly title: string
  readonly submit: string
  readonly isReady: boolean
  readonly children: ReactNode
  readonly actions?: ReactNode
  onSubmit(): void
  onClose(): void
}

export function FormDialog({ title, submit, isReady, children, actions, onSubmit, onClose }: FormDialogProps) {
  const words = useWords()
  useReturnFocus(true)
  // Esc is pressed by mistake, too: where something was typed, it takes two.
  const [isTyped, setTyped] = useState(false)
  const [isWarned, setWarned] = useState(false)
  return (
    <Dialog
      open
      onOpenChange={(_, { open, type }) => {
        // A slip of the mouse does not take away what was typed.
        if (open || type === 'backdropClick') return
        if (type === 'escapeKeyDown' && isTyped && !isWarned) setWarned(true)
        else onClose()
      }}
    >
      <DialogSurface className="form-dialog">
        <form
          noValidate
          onInput={() => {
            setTyped(true)
            setWarned(false)
          }}
          onSubmit={(event) => {
            event.preventDefault()
            event.stopPropagation()
            if (isReady) onSubmit()
          }}
        >
          <DialogBody>
            <DialogTitle>{title}</DialogTitle>
            <DialogContent className="form">
              {children}
              {isWarned && <Warning text={words.edited.escAgain} />}
            </DialogContent>
            <DialogActions fluid>
              {actions}
              <Button onClick={onClose}>{words.cancel}</Button>
              <Button type="submit" appearance="primary" disabled={!isReady}>
                {submit}
              </Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
  )
}

/** A long form is scrolled to it. */
function Warning({ text }: { readonly text: string }) {
  const bar = useRef<HTMLDivElement>(null)
  useEffect(() => {
    // Without `return`: browsers are about to answer a promise, which is no clean-up.
    bar.current?.scrollIntoView({ block: 'nearest' })
  }, [])
  return (
    <div ref={bar}>
      <MessageBar intent="warning" layout="multiline" role="alert">
        <MessageBarBody>{text}</MessageBarBody>
      </MessageBar>
    </div>
  )
}
