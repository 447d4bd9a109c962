// How an application uses `openid-client`.

import * as oidc from 'openid-client'

export const name = 'openid-client'

// How long an application polls for a person who has answered already.
const patience = 60_000

/** Discovers the issuer and answers the few calls the stories are told in. `wire` is the fetch to use. */
export async function connect(issuer, client, wire, algorithm = 'oidc') {
  const config = await oidc.discovery(issuer, client.id, {}, await authentication(client), {
    algorithm,
    [oidc.customFetch]: wire,
    execute: [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks, ...(client.signedAnswers ? [oidc.useJwtResponseMode] : [])],
  })

  // One key for as long as the application runs; nonces that the server demands are taken up by the package.
  const options = client.dpop ? { DPoP: oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair()) } : undefined

  return {
    metadata: config.serverMetadata(),

    /** `by` says how the request travels: in the address, pushed ('par'), signed ('jar'), or signed and pushed ('jar par'). */
    async authorization({ redirectUri, scope, by = '', ...extra }) {
      const openid = scope.split(' ').includes('openid')
      const checks = {
        pkceCodeVerifier: oidc.randomPKCECodeVerifier(),
        expectedState: oidc.randomState(),
        expectedNonce: openid ? oidc.randomNonce() : undefined,
        idTokenExpected: openid,
        ...(extra.max_age === undefined ? {} : { maxAge: Number(extra.max_age) }),
      }
      let parameters = {
        redirect_uri: redirectUri,
        scope,
        state: checks.expectedState,
        ...(openid ? { nonce: checks.expectedNonce } : {}),
        code_challenge: await oidc.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
        code_challenge_method: 'S256',
        ...extra,
      }
      let url = by ? null : oidc.buildAuthorizationUrl(config, parameters)
      if (by.includes('jar')) {
        url = await oidc.buildAuthorizationUrlWithJAR(config, parameters, { key: await importKey(client.key), kid: client.key.kid })
        parameters = url.searchParams
      }
      if (by.includes('par')) url = await oidc.buildAuthorizationUrlWithPAR(config, parameters, options)
      return { url, checks }
    },

    /** `response` is the request that reached the redirect URI. */
    async redeem(response, { checks }, extra = {}) {
      return told(await oidc.authorizationCodeGrant(config, response, checks, extra, options))
    },

    refresh: async (token, extra = {}) => told(await oidc.refreshTokenGrant(config, token, extra, options)),
    clientCredentials: async (extra = {}) => told(await oidc.clientCredentialsGrant(config, extra, options)),

    /** Asks for a device code, shows what the person needs, and polls until they have answered. */
    async device(parameters, show) {
      const asked = await oidc.initiateDeviceAuthorization(config, parameters)
      await show(asked)
      return told(await oidc.pollDeviceAuthorizationGrant(config, asked, {}, { ...options, signal: AbortSignal.timeout(patience) }))
    },

    /** Asks for a person's answer on a device of their own (CIBA), and polls for it. */
    async backchannel(parameters, show) {
      const asked = await oidc.initiateBackchannelAuthentication(config, parameters)
      await show(asked)
      return told(await oidc.pollBackchannelAuthenticationGrant(config, asked, {}, { ...options, signal: AbortSignal.timeout(patience) }))
    },

    exchange: parameters => oidc.genericGrantRequest(config, 'urn:ietf:params:oauth:grant-type:token-exchange', parameters, options),
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
