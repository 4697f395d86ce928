/** Builds the admin center into web/dist; called by scripts/web.mjs, which knows when that is needed. */
import { join } from 'node:path'
import react from '@vitejs/plugin-react'
import { build, type Plugin } from 'vite'
import { ROUTES } from '../src/contract/routes/all.ts'
import { takesKey } from '../src/contract/routes/route.ts'

const here = import.meta.dirname

/**
 * The routes of the contract as the browser needs them: without their schemas, which with zod would be the better part of
 * what a sign-in page may load.
 */
const routes = (): Plugin => ({
  name: 'routes',
  resolveId: (id) => (id === 'virtual:routes' ? `\0${id}` : null),
  load(id) {
    if (id !== '\0virtual:routes') return null
    const table = Object.values(ROUTES).map((route) => [route.name, [route.method, route.path, takesKey(route)]])
    return `export const routes = ${JSON.stringify(Object.fromEntries(table))}`
  },
})

const plain = (name: string) => name.replace(/~.*/, '')

await build({
  configFile: false,
  root: here,
  logLevel: 'warn',
  plugins: [react(), routes()],
  resolve: {
    alias: {
      ...Object.fromEntries(['base', 'contract', 'csv'].map((room) => [`#${room}`, join(here, '../src', room)])),
      // Their makers' builds for browsers, which bring what else is Node's.
      'csv-parse/sync': 'csv-parse/browser/esm/sync',
      'csv-stringify/sync': 'csv-stringify/browser/esm/sync',
    },
  },
  build: {
    outDir: process.argv[2] ?? 'dist',
    emptyOutDir: true,
    // docs/admin-center.md states them.
    target: ['chrome120', 'edge120', 'firefox121', 'safari17.2'],
    manifest: true,
    // Nothing comes as `data:`, which the page's policy does not let in.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1500,
    rolldownOptions: {
      output: {
        // Else the shared ones are named after everything that shares them.
        chunkFileNames: ({ name }) => `assets/${plain(name)}-[hash].js`,
        assetFileNames: ({ names: [name = ''] }) => `assets/${plain(name.replace(/\.\w+$/, ''))}-[hash][extname]`,
        // Left to itself the bundler makes a file of every icon that two pages share. Browsers ask for six files at a time,
        // and seventy took half a second even out of their cache.
        codeSplitting: {
          groups: [
            // The entry stays a file of its own (what imports it too, or it is taken along), by which the manifest knows it.
            { name: 'first', tags: ['$initial'], test: (id) => !/(src\/main\.tsx|index\.html)$/.test(id) },
            { name: 'shared', minShareCount: 2, entriesAware: true, entriesAwareMergeThreshold: 40_000 },
          ],
        },
      },
    },
  },
})
