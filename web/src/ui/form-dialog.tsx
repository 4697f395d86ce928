/** A form in front of the page; what it makes is used where it was opened. */
import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
} from '@fluentui/react-components'
import type { ReactNode } from 'react'
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
  return (
    <Dialog
      open
      onOpenChange={(_, { open, type }) => {
        // A slip of the mouse does not take away what was typed.
        if (!open && type !== 'backdropClick') onClose()
      }}
    >
      <DialogSurface className="form-dialog">
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault()
            event.stopPropagation()
            if (isReady) onSubmit()
          }}
        >
          <DialogBody>
            <DialogTitle>{title}</DialogTitle>
            <DialogContent className="form">{children}</DialogContent>
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
