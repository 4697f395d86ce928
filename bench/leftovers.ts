/**
 * Folders that are removed when everything has been measured. Ext4 passes over inodes that were freed within the last
 * minutes, one by one: mail that is stored right after other mail was deleted is stored at half the speed.
 */
const leftovers: (() => void)[] = []

export const later = (remove: () => void): void => void leftovers.push(remove)

export function removeLeftovers(): void {
  for (const remove of leftovers.splice(0)) remove()
}
