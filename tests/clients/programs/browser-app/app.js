// How an application in the browser uses `oidc-client-ts`, as its documentation shows it: at the root with bearer tokens, below /bound/ with tokens that are bound to a key (DPoP).

const { authority, scope, clients } = window.settings
const bound = location.pathname.startsWith('/bound/')
const home = `${location.origin}${bound ? '/bound' : ''}`
const app = window.app = new oidc.UserManager({
  authority,
  client_id: bound ? clients.bound : clients.bearer,
  scope,
  redirect_uri: `${home}/callback`,
  silent_redirect_uri: `${home}/silent`,
  post_logout_redirect_uri: `${home}/out`,
  userStore: new oidc.WebStorageStateStore({ store: localStorage }),
  automaticSilentRenew: false,
  ...(bound ? { dpop: { store: new oidc.IndexedDbDPoPStore(), bind_authorization_code: true } } : { loadUserInfo: true }),
})

/** Resolves when the page has done what its address asks for. */
window.ready = (async () => {
  switch (`${location.origin}${location.pathname}`) {
    case `${home}/callback`:
      await app.signinRedirectCallback()
      return history.replaceState(null, '', `${home}/`)
    case `${home}/silent`:
      return app.signinSilentCallback()
    case `${home}/out`:
      await app.signoutRedirectCallback()
      return history.replaceState(null, '', `${home}/`)
  }
})()
