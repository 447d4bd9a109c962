// How an application in the browser uses `oidc-client-ts`, as its documentation shows it. The address of the server comes from /settings.js.

const { authority, client_id, scope } = window.settings
const app = window.app = new oidc.UserManager({
  authority,
  client_id,
  scope,
  redirect_uri: `${location.origin}/callback`,
  silent_redirect_uri: `${location.origin}/silent`,
  post_logout_redirect_uri: `${location.origin}/out`,
  userStore: new oidc.WebStorageStateStore({ store: localStorage }),
  loadUserInfo: true,
  automaticSilentRenew: false,
})

/** Resolves when the page has done what its address asks for. */
window.ready = (async () => {
  switch (location.pathname) {
    case '/callback':
      await app.signinRedirectCallback()
      return history.replaceState(null, '', '/')
    case '/silent':
      return app.signinSilentCallback()
    case '/out':
      await app.signoutRedirectCallback()
      return history.replaceState(null, '', '/')
  }
})()
