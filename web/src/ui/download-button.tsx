/** A file of the service, saved where the browser saves files; what keeps it from coming is told, other than by a link. */
import { Button, type ButtonProps } from '@fluentui/react-components'
import { ArrowDownloadRegular } from '@fluentui/react-icons/svg/arrow-download'
import type { RouteName } from '#contract/routes/all.ts'
import { askFile } from '../api.ts'
import { useSending } from '../sending.ts'
import { useWords } from '../words/words.ts'
import { useTell } from './toasts.tsx'

interface DownloadButtonProps extends Pick<ButtonProps, 'size' | 'appearance'> {
  readonly label: string
  /** Of several on one page. */
  readonly name?: string
  readonly route: RouteName
  readonly params: Readonly<Record<string, string>>
}

export function DownloadButton({ label, name, route, params, ...look }: DownloadButtonProps) {
  const words = useWords()
  const tell = useTell()
  const download = useSending({
    mutationFn: () => askFile(route, params),
    onSuccess: ({ file, fileName }) => save(file, fileName),
    onError: (thrown) => tell.failed(thrown, words.notReached),
  })
  return (
    <Button
      {...look}
      icon={<ArrowDownloadRegular />}
      aria-busy={download.isPending}
      {...(name !== undefined && { 'aria-label': name })}
      onClick={() => !download.isPending && download.mutate()}
    >
      {label}
    </Button>
  )
}

function save(file: Blob, fileName: string): void {
  const url = URL.createObjectURL(file)
  const link = document.createElement('a')
  link.href = url
  link.download = fileName
  link.click()
  // The browser reads it after the click.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
