/** The admin center: theme, language, the cache of what the service answered, and the pages. */
import { createDOMRenderer, RendererProvider } from '@fluentui/react-components'
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { BrowserRouter } from 'react-router'
import { Refusal } from './api.ts'
import { App } from './app.tsx'
import { loadPage } from './page-routes.tsx'
import { sessionQuery } from './session.ts'
import { speak } from './words/said.ts'
import { firstLanguage, wordsOf } from './words/words.ts'
import './style/base.css'
import './style/pages.css'
import './style/batches.css'
import './style/wizard.css'
import './style/print.css'

/** The server's policy lets in no style but with the nonce of this page. */
const nonce = document.querySelector<HTMLMetaElement>('meta[name="style-nonce"]')?.content ?? ''
const renderer = createDOMRenderer(document, { styleElementAttributes: { nonce } })

/** Whoever is not signed in any more is asked to where they are, and goes on there. */
const onError = (thrown: unknown) => {
  if (!(thrown instanceof Refusal)) return
  // Asked anew: such an answer may be older than a sign-in.
  if (thrown.code === 'AUTH_REQUIRED' || thrown.code === 'PASSWORD_MUST_BE_CHANGED')
    void client.invalidateQueries({ queryKey: sessionQuery.queryKey }, { cancelRefetch: false })
}
const client: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError }),
  mutationCache: new MutationCache({ onError }),
  defaultOptions: {
    queries: {
      // What the service has refused it refuses again.
      retry: (count, thrown) =>
        count < 2 && (!(thrown instanceof Refusal) || thrown.status === 0 || thrown.status >= 500),
    },
    mutations: { retry: false },
  },
})

/** What the page is made of comes at once; shown in one go, it is not laid out twice. */
const [session] = await Promise.all([
  client.ensureQueryData(sessionQuery).catch(() => null),
  loadPage(location.pathname),
  wordsOf(firstLanguage()),
])
const first = await wordsOf(firstLanguage(session?.administrator?.language))
speak(first.words)
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <RendererProvider renderer={renderer} targetDocument={document}>
      <QueryClientProvider client={client}>
        <BrowserRouter>
          <App first={first} />
        </BrowserRouter>
      </QueryClientProvider>
    </RendererProvider>
  </StrictMode>,
)
