/* global document, fetch, location, SwaggerUIBundle */
/** The API's page: who is signed in sees it at once, everybody else gives a token, which is kept nowhere but here. */
const form = document.getElementById('sign-in')
const field = document.getElementById('token')
const why = document.getElementById('why')
/** @type {string | null} */
let token = null

const credentials = () => (token === null ? {} : { authorization: `Bearer ${token}` })

async function show() {
  const response = await fetch('openapi.json', { headers: credentials() })
  if (!response.ok) {
    const { detail = `The server answered ${response.status}.` } = await response.json().catch(() => ({}))
    return ask(token === null ? '' : detail)
  }
  const spec = await response.json()
  // Also behind a proxy that puts the service below a path of its own.
  spec.servers = [{ url: new URL('.', location.href).pathname.replace(/\/$/, '') }]
  form.remove()
  SwaggerUIBundle({
    spec,
    dom_id: '#operations',
    deepLinking: false,
    docExpansion: 'list',
    defaultModelsExpandDepth: 0,
    displayRequestDuration: true,
    persistAuthorization: false,
    validatorUrl: null,
    // The command lines that are shown do not hold the token.
    showMutatedRequest: false,
    requestInterceptor(request) {
      if (new URL(request.url, location.href).origin === location.origin) Object.assign(request.headers, credentials())
      return request
    },
  })
}

/** @param {string} reason */
function ask(reason) {
  token = null
  why.textContent = reason
  form.hidden = false
  field.value = ''
  field.focus()
}

form.addEventListener('submit', (event) => {
  event.preventDefault()
  token = field.value.trim()
  show().catch((thrown) => ask(String(thrown)))
})
show().catch((thrown) => ask(String(thrown)))
