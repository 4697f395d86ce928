import { Button } from '@fluentui/react-components'
import { ArrowSyncRegular } from '@fluentui/react-icons/svg/arrow-sync'
import { useQueryClient } from '@tanstack/react-query'
import { LIVE } from '../live.ts'
import { useWords } from '../words/words.ts'

/** @param onPress what else is done */
export function RefreshButton({ onPress }: { readonly onPress?: () => void }) {
  const words = useWords()
  const client = useQueryClient()
  return (
    <Button
      appearance="subtle"
      icon={<ArrowSyncRegular />}
      onClick={() => {
        onPress?.()
        void client.invalidateQueries({ queryKey: [LIVE] })
      }}
    >
      {words.refresh}
    </Button>
  )
}
