/** Folders that a pattern of ExcludeFolders and IncludeFolders can name whatever they are called: `#Inbox#`, `#Inbox#/*`. */

/** What each stands for: the root, a role, or a folder that only Exchange tells from others. */
export const WELL_KNOWN_FOLDERS = {
  Root: 'root',
  Inbox: 'inbox',
  SentItems: 'sent',
  Outbox: 'outbox',
  DeletedItems: 'trash',
  Calendar: 'calendar',
  Contacts: 'contacts',
  Drafts: 'drafts',
  Journal: 'journal',
  Tasks: 'tasks',
  Notes: 'notes',
  AllItems: 'all',
  JunkEmail: 'junk',
  Archive: 'archive',
} as const
export type WellKnownFolder = keyof typeof WELL_KNOWN_FOLDERS

/** The folder with all below it. */
export const withAllBelow = (folder: WellKnownFolder): string => `#${folder}#/*`
