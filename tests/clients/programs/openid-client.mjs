// How an application uses `openid-client`.

import * as oidc from 'openid-client'

export const name = 'openid-client'

/** Discovers the issuer and answers the few calls the stories are told in. `wire` is the fetch to use. */
export async function connect(issuer, client, wire, algorithm = 'oidc') {
  const config = await oidc.discovery(issuer, client.id, {}, await authentication(client), {
    algorithm,
    [oidc.customFetch]: wire,
    execute: [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks],
  })

  // One key for as long as the application runs; nonces that the server demands are taken up by the package.
  const options = client.dpop ? { DPoP: oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair()) } : undefined

  return {
    metadata: config.serverMetadata(),

    async authorization({ redirectUri, scope, ...extra }) {
      const openid = scope.split(' ').includes('openid')
      const checks = {
        pkceCodeVerifier: oidc.randomPKCECodeVerifier(),
        expectedState: oidc.randomState(),
        expectedNonce: openid ? oidc.randomNonce() : undefined,
        idTokenExpected: openid,
        ...(extra.max_age === undefined ? {} : { maxAge: Number(extra.max_age) }),
      }
      const url = oidc.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        scope,
        state: checks.expectedState,
        ...(openid ? { nonce: checks.expectedNonce } : {}),
        code_challenge: await oidc.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
        code_challenge_method: 'S256',
        ...extra,
      })
      return { url, checks }
    },

    /** `response` is the request that reached the redirect URI. */
    async redeem(response, { checks }, extra = {}) {
      return told(await oidc.authorizationCodeGrant(config, response, checks, extra, options))
    },

    refresh: async (token, extra = {}) => told(await oidc.refreshTokenGrant(config, token, extra, options)),
    clientCredentials: async (extra = {}) => told(await oidc.clientCredentialsGrant(config, extra, options)),
    userinfo: (token, subject) => oidc.fetchUserInfo(config, token, subject, options),
    introspect: token => oidc.tokenIntrospection(config, token),
    revoke: (token, hint) => oidc.tokenRevocation(config, token, hint ? { token_type_hint: hint } : {}),
  }
}

function told(tokens) {
  return { ...tokens, claims: tokens.claims() }
}

async function authentication(client) {
  switch (client.method) {
    case 'client_secret_basic': return oidc.ClientSecretBasic(client.secret)
    case 'client_secret_post': return oidc.ClientSecretPost(client.secret)
    case 'private_key_jwt': return oidc.PrivateKeyJwt({ key: await importKey(client.key), kid: client.key.kid })
    default: return oidc.None()
  }
}

function importKey(jwk) {
  return crypto.subtle.importKey('jwk', jwk, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign'])
}
