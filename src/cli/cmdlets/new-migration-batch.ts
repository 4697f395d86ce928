import { ROUTES } from '#contract/routes/all.ts'
import { batchBody, batchChoices } from '../cmdlet/batch-parameters.ts'
import { cmdlet } from '../cmdlet/declare.ts'
import { FOREIGN_NEW_BATCH } from '../cmdlet/foreign.ts'
import { shape } from '../cmdlet/shape.ts'
import { uploadCsv } from '../cmdlet/upload-csv.ts'

export const newMigrationBatch = cmdlet({
  name: 'New-MigrationBatch',
  synopsis: 'Creates a migration batch: many users, one source endpoint, one set of choices.',
  description:
    'Uploads the CSV file, creates the batch, and with -AutoStart starts it. The file has the columns EmailAddress, UserName, Password and, if needed, UserRoot, TargetDatabase, TargetUserName, TargetPassword; a row that cannot be migrated is named in a warning and does not keep the others. Instead of a file, users of other batches can be named with -Users.',
  impact: 'low',
  parameters: {
    Name: { type: 'string', mandatory: true, position: 0, help: 'Name of the batch, at most 64 characters.' },
    SourceEndpoint: {
      type: 'string',
      mandatory: true,
      completes: 'endpoints',
      help: 'Name or Guid of the endpoint that mail comes from.',
    },
    CSVData: { type: 'path', mandatory: true, sets: ['CSVData'], help: 'Path of the CSV file.' },
    Users: {
      type: 'list',
      mandatory: true,
      sets: ['Users'],
      help: 'Users of other batches, by address or Guid, that are copied into this one.',
    },
    UserIds: { type: 'list', mandatory: true, sets: ['UserIds'], help: 'The same as -Users.' },
    DisableOnCopy: {
      type: 'switch',
      sets: ['Users', 'UserIds'],
      help: 'Stops the users in the batches they are copied from.',
    },
    TargetDatabases: {
      type: 'list',
      completes: 'databases',
      help: 'The mailbox database that mail goes to; else the default one, or the one a row names.',
    },
    AutoStart: { type: 'switch', help: 'Start it at once.' },
    AutoComplete: { type: 'switch', help: 'Refused: an IMAP batch has no completion.' },
    SkipReports: { type: 'switch', help: 'Mail no reports.' },
    ...batchChoices,
  },
  foreign: FOREIGN_NEW_BATCH,
  examples: [
    {
      code: 'New-MigrationBatch -Name IMAPBatch1 -SourceEndpoint IMAPEndpoint -CSVData users.csv -AutoStart',
      says: 'Creates a batch from a CSV file and starts it.',
    },
    {
      code: 'New-MigrationBatch Retry -SourceEndpoint IMAPEndpoint -DisableOnCopy -Users "$(Get-MigrationUser -Status Failed | Select-Object -ExpandProperty Guid)"',
      says: 'Gathers the users that failed in a batch of their own.',
    },
    {
      code: 'New-MigrationBatch Night -SourceEndpoint IMAPEndpoint -CSVData users.csv -AutoStart -StartAfter "2026-12-01 22:00" -TimeZone Europe/Paris -ExcludeFolders "#JunkEmail#","Archive/*"',
      says: 'Starts at night, and leaves two folders out.',
    },
  ],
  async run(values, call) {
    if (!(await call.should(values.Name))) return null
    const csvFile =
      values.CSVData === undefined ? undefined : await uploadCsv(values.CSVData, values.AllowUnknownColumnsInCsv, call)
    const users = values.Users ?? values.UserIds
    const answer = await call.client.ask(ROUTES.createBatch, {
      body: {
        name: values.Name,
        sourceEndpoint: values.SourceEndpoint,
        csvFile,
        users: users && [...users],
        disableOnCopy: values.DisableOnCopy,
        targetDatabases: values.TargetDatabases && [...values.TargetDatabases],
        autoStart: values.AutoStart,
        autoComplete: values.AutoComplete,
        ...batchBody(values),
      },
    })
    return shape('MigrationBatch', answer)
  },
})
