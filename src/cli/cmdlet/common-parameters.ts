/** Parameters that every cmdlet has, as PowerShell's common parameters; and Exchange's that no cmdlet of ours has. */
import type { Cmdlet, Parameters } from './declare.ts'

const EVERY: Parameters = {
  ErrorAction: {
    type: 'enum',
    values: ['Continue', 'SilentlyContinue', 'Ignore', 'Stop'],
    help: 'Continue with the next object after an error (default), do so silently, or stop.',
    default: 'Continue',
  },
  WarningAction: {
    type: 'enum',
    values: ['Continue', 'SilentlyContinue', 'Ignore'],
    help: 'Whether warnings are printed.',
    default: 'Continue',
  },
  Verbose: { type: 'switch', help: 'Tells on standard error what is asked of the server.' },
}

const CHANGING: Parameters = {
  WhatIf: { type: 'switch', help: 'Says what would be done, and does not do it.' },
  Confirm: { type: 'switch', help: 'Asks before doing it; -Confirm:$false does not ask.' },
}

export const commonParameters = ({ impact }: Cmdlet): Parameters =>
  impact === undefined ? EVERY : { ...CHANGING, ...EVERY }

export const ALL_COMMON: readonly string[] = Object.keys({ ...CHANGING, ...EVERY })

/** Short names that PowerShell gives to its own parameters. */
export const SHORT: Readonly<Record<string, string>> = {
  ea: 'ErrorAction',
  wa: 'WarningAction',
  vb: 'Verbose',
  wi: 'WhatIf',
  cf: 'Confirm',
}

export const FOREIGN_EVERYWHERE: Readonly<Record<string, string>> = {
  DomainController: 'Active Directory, which Waybill does not use',
  Partition: "Microsoft's internal use",
}
