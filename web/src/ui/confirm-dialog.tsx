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

interface ConfirmDialogProps {
  readonly isOpen: boolean
  readonly title: string
  readonly text: ReactNode
  /** Left out: there is nothing to be asked, only to be told. */
  readonly yes?: string
  readonly isPending: boolean
  onYes?(): void
  onNo(): void
}

/** Before something is destroyed: names what, and how much of it. */
export function ConfirmDialog({ isOpen, title, text, yes, isPending, onYes, onNo }: ConfirmDialogProps) {
  const words = useWords()
  useReturnFocus(isOpen)
  return (
    <Dialog modalType="alert" open={isOpen} onOpenChange={(_, { open }) => !open && onNo()}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{title}</DialogTitle>
          <DialogContent>{text}</DialogContent>
          <DialogActions>
            <Button onClick={onNo}>{yes === undefined ? words.close : words.cancel}</Button>
            {yes !== undefined && (
              <Button appearance="primary" disabled={isPending} onClick={onYes}>
                {yes}
              </Button>
            )}
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  )
}
