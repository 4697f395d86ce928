/** What is seldom asked of a batch, in a menu; what cannot be done says why in its own line. */
import {
  Button,
  Menu,
  MenuDivider,
  MenuItem,
  MenuItemLink,
  MenuList,
  MenuPopover,
  MenuTrigger,
} from '@fluentui/react-components'
import { MoreHorizontalRegular } from '@fluentui/react-icons/svg/more-horizontal'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import type { MigrationBatch } from '#contract/batch.ts'
import type { MigrationReport } from '#contract/organization.ts'
import { urlOf } from '../api.ts'
import { paths } from '../paths.ts'
import { asSentence } from '../ui/command-button.tsx'
import { useWords } from '../words/words.ts'
import { reasonAgainstAll } from './batch-command.ts'
import { reportsQuery } from './batch-queries.ts'
import { useSetBatch } from './use-batch-command.ts'

interface BatchMoreProps {
  readonly batches: readonly MigrationBatch[]
  onSyncNow(): void
}

export function BatchMore({ batches, onSyncNow }: BatchMoreProps) {
  const words = useWords()
  const navigate = useNavigate()
  const [isOpen, setOpen] = useState(false)
  const set = useSetBatch()
  const batch = batches.length === 1 ? batches[0]! : null
  const notOne = batches.length === 0 ? words.batches.chooseOne : words.batches.onlyOne
  const { data } = useQuery({ ...reportsQuery(batch?.identity ?? ''), enabled: isOpen && batch !== null })
  const reportOf = (type: MigrationReport['reportType']) => data?.items.find(({ reportType }) => reportType === type)
  const change = (body: { readonly update: true } | { readonly approveSkippedItems: true }) =>
    batch !== null && set.mutate({ batch, change: body, told: words.command.updated })
  return (
    <Menu open={isOpen} onOpenChange={(_, { open }) => setOpen(open)}>
      <MenuTrigger disableButtonEnhancement>
        <Button appearance="subtle" icon={<MoreHorizontalRegular />}>
          {words.command.more}
        </Button>
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          <Item
            label={words.command.syncNow}
            reason={reasonAgainstAll(words, 'syncNow', batches)}
            onPress={onSyncNow}
          />
          <Item
            label={words.command.update}
            reason={
              batch === null
                ? notOne
                : (batch.commands.Set ?? (batch.activeCount === 0 ? words.command.nothingRuns : null))
            }
            onPress={() => change({ update: true })}
          />
          <Item
            label={words.command.approve}
            reason={batch === null ? notOne : (batch.commands.ApproveSkippedItems ?? null)}
            onPress={() => change({ approveSkippedItems: true })}
          />
          <MenuItem onClick={() => void navigate(paths.endpoints())}>{words.command.endpoints}</MenuItem>
          <MenuDivider />
          <Download
            label={words.command.report}
            report={reportOf('BatchReport')}
            reason={batch === null ? notOne : words.command.noReport}
          />
          <Download
            label={words.command.errors}
            report={reportOf('BatchFailure')}
            reason={batch === null ? notOne : batch.failedCount === 0 ? words.command.noErrors : words.command.noReport}
          />
        </MenuList>
      </MenuPopover>
    </Menu>
  )
}

interface ItemProps {
  readonly label: string
  readonly reason: string | null
  onPress(): void
}

/** To be read, other than the command that it is about. */
const whyNot = (reason: string | null) =>
  reason === null ? null : { className: 'why-not', children: asSentence(reason) }

const Item = ({ label, reason, onPress }: ItemProps) => (
  <MenuItem disabled={reason !== null} subText={whyNot(reason)} onClick={() => reason === null && onPress()}>
    {label}
  </MenuItem>
)

interface DownloadProps {
  readonly label: string
  readonly report: MigrationReport | undefined
  /** Why there is none. */
  readonly reason: string
}

const Download = ({ label, report, reason }: DownloadProps) =>
  report === undefined ? (
    <MenuItem disabled subText={whyNot(reason)}>
      {label}
    </MenuItem>
  ) : (
    <MenuItemLink href={urlOf('exportReport', { identity: report.identity })} download>
      {label}
    </MenuItemLink>
  )
