/** The pages that are loaded (pages.ts). One that is new is a line more. */
export const BIG = 'Everybody'

/** What the addresses of pages are made of. */
export interface PageWorld {
  readonly user: string
  readonly failedUser: string
  /** Of the last page of the users. */
  readonly lastCursor: string
}

/** An element, or a text of the page's content. */
export type Shown = { readonly css: string } | { readonly text: string }

export interface PageLine {
  readonly name: string
  readonly path: string | ((world: PageWorld) => string)
  /** There when the page shows what it is for. */
  readonly shown: Shown
  /** Its cost may follow from the users of all batches together: loaded with 500,000, too. */
  readonly isOfAll?: true
}

const row = (table: string): Shown => ({ css: `table[aria-label="${table}"] > tbody > tr` })
const text = (said: string): Shown => ({ text: said })
const [batches, users] = [row('Migration batches'), row('Users report')]
const big = `/migration/batches/${BIG}`

export const PAGES: readonly PageLine[] = [
  { name: 'Dashboard', path: '/dashboard', shown: text('refused the log-in of'), isOfAll: true },
  { name: 'Users of all batches', path: '/migration/users', shown: row('Users'), isOfAll: true },
  { name: 'by last sync', path: '/migration/users?sort=-lastSuccessfulSyncTime', shown: row('Users'), isOfAll: true },
  { name: 'searched', path: '/migration/users?search=ab7', shown: row('Users'), isOfAll: true },
  { name: 'Batches', path: '/migration/batches', shown: batches, isOfAll: true },
  { name: 'by percentage synced', path: '/migration/batches?sort=-percentageSynced', shown: batches, isOfAll: true },
  { name: 'searched', path: '/migration/batches?search=wave%201', shown: batches, isOfAll: true },
  { name: 'filtered by status', path: '/migration/batches?status=Synced', shown: batches, isOfAll: true },
  { name: 'The batch of 50,000', path: big, shown: users, isOfAll: true },
  { name: 'its users by address, descending', path: `${big}?users-sort=-identity`, shown: users },
  { name: 'by status', path: `${big}?users-sort=status`, shown: users },
  { name: 'by items synced', path: `${big}?users-sort=-syncedItemCount`, shown: users },
  { name: 'by items skipped', path: `${big}?users-sort=-skippedItemCount`, shown: users },
  { name: 'by rate', path: `${big}?users-sort=-bytesTransferredPerMinute`, shown: users },
  { name: 'by error', path: `${big}?users-sort=-errorSummary`, shown: users },
  { name: 'by last sync', path: `${big}?users-sort=-lastSuccessfulSyncTime`, shown: users },
  { name: 'searched', path: `${big}?users-search=ab7`, shown: users },
  { name: 'the failed', path: `${big}?users-show=Failed`, shown: users },
  {
    name: 'the failed by last sync',
    path: `${big}?users-show=Failed&users-sort=-lastSuccessfulSyncTime`,
    shown: users,
  },
  {
    name: 'the last page',
    path: ({ lastCursor }) => `${big}?users-cursor=${lastCursor}&users-from=49950`,
    shown: users,
  },
  { name: 'A user', path: ({ user }) => `${big}/users/${user}`, shown: text('In-progress duration') },
  { name: 'A failed user', path: ({ failedUser }) => `${big}/users/${failedUser}`, shown: text('What to do') },
  {
    name: 'New batch',
    path: '/migration/new-batch',
    shown: text('Name of the batch'),
  },
  { name: 'Endpoints', path: '/migration/endpoints', shown: row('Migration endpoints') },
  { name: 'An endpoint', path: '/migration/endpoints/Old%20server', shown: text('imap.contoso.example') },
  { name: 'Databases', path: '/migration/databases', shown: row('Mailbox databases'), isOfAll: true },
  { name: 'A database', path: '/migration/databases/New%20server', shown: text('new.contoso.example'), isOfAll: true },
  { name: 'Workers', path: '/migration/workers', shown: row('Workers') },
  { name: 'Administrators', path: '/organization/administrators', shown: row('Administrators') },
  { name: 'An administrator', path: '/organization/administrators/ann', shown: text('Signs in with') },
  { name: 'Settings', path: '/settings/migration', shown: text('What ends by itself') },
  { name: 'Reports', path: '/reports', shown: row('Reports') },
  { name: 'The report of 50,000', path: `/reports/${BIG}`, shown: row('Mailboxes that failed'), isOfAll: true },
  { name: 'Audit log', path: '/organization/audit-log', shown: row('Audit log') },
  { name: 'API tokens', path: '/organization/tokens', shown: text('There is no token.') },
  { name: 'The own account', path: '/account', shown: text('Save') },
]
