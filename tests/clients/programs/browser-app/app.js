// How an application in the browser uses `oidc-client-ts`, as its documentation shows it: at the root with bearer tokens, below /bound/ with tokens that are bound to a key (DPoP),
// below /watched/ with an eye on the session at the server (session management), below /brief/ with tokens that end soon and are renewed by the library itself.

const { authority, scope, clients } = window.settings
const [mode] = /^(bound|watched|brief)(?=\/)/.exec(location.pathname.slice(1)) ?? ['']
const home = `${location.origin}${mode && `/${mode}`}`
const app = window.app = new oidc.UserManager({
  authority,
  client_id: clients[mode] ?? clients.bearer,
  scope,
  redirect_uri: `${home}/callback`,
  silent_redirect_uri: `${home}/silent`,
  post_logout_redirect_uri: `${home}/out`,
  userStore: new oidc.WebStorageStateStore({ store: localStorage, prefix: `oidc.${mode}.` }),
  automaticSilentRenew: mode === 'brief',
  accessTokenExpiringNotificationTimeInSeconds: 10,
  loadUserInfo: mode === '',
  ...(mode === 'bound' ? { dpop: { store: new oidc.IndexedDbDPoPStore(), bind_authorization_code: true } } : {}),
  ...(mode === 'watched' ? { monitorSession: true, checkSessionIntervalInSeconds: 1 } : {}),
})

// What the server's iframe says, and what the library makes of it.
window.heard = []
addEventListener('message', event => { if (event.origin === authority) window.heard.push(event.data) })
app.events.addUserSignedOut(() => window.heard.push('signed out'))
app.events.addUserLoaded(() => window.heard.push('user loaded'))
app.events.addSilentRenewError(() => window.heard.push('not renewed'))

/** Resolves when the page has done what its address asks for. */
window.ready = (async () => {
  switch (`${location.origin}${location.pathname}`) {
    case `${home}/callback`:
      await app.signinCallback()
      return history.replaceState(null, '', `${home}/`)
    case `${home}/silent`:
      return app.signinSilentCallback()
    case `${home}/out`:
      await app.signoutRedirectCallback()
      return history.replaceState(null, '', `${home}/`)
  }
})()
