// How an application uses `oauth4webapi`.

import * as oauth from 'oauth4webapi'

export const name = 'oauth4webapi'

/** Discovers the issuer and answers the few calls the stories are told in. `wire` is the fetch to use. */
export async function connect(issuer, client, wire, algorithm = 'oidc') {
  const http = { [oauth.customFetch]: wire, [oauth.allowInsecureRequests]: true }
  const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, { algorithm, ...http }))
  const me = { client_id: client.id }
  const secret = await authentication(client)

  /** OpenID Connect Core §3.1.3.7: the signature of the ID token is checked too. */
  async function told(response, tokens) {
    if (tokens.id_token) await oauth.validateApplicationLevelSignature(as, response, http)
    return { ...tokens, claims: oauth.getValidatedIdTokenClaims(tokens) }
  }

  return {
    metadata: as,

    async authorization({ redirectUri, scope, ...extra }) {
      const checks = {
        verifier: oauth.generateRandomCodeVerifier(),
        state: oauth.generateRandomState(),
        nonce: oauth.generateRandomNonce(),
        openid: scope.split(' ').includes('openid'),
        maxAge: extra.max_age === undefined ? undefined : Number(extra.max_age),
        redirectUri,
      }
      const url = new URL(as.authorization_endpoint)
      const parameters = {
        client_id: client.id,
        response_type: 'code',
        redirect_uri: redirectUri,
        scope,
        state: checks.state,
        ...(checks.openid ? { nonce: checks.nonce } : {}),
        code_challenge: await oauth.calculatePKCECodeChallenge(checks.verifier),
        code_challenge_method: 'S256',
        ...extra,
      }
      for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
      return { url, checks }
    },

    /** `response` is the request that reached the redirect URI. */
    async redeem(response, { checks }, extra = {}) {
      const answered = response.method === 'POST' ? new URLSearchParams(await response.text()) : new URL(response.url)
      const parameters = oauth.validateAuthResponse(as, me, answered, checks.state)
      const answer = await oauth.authorizationCodeGrantRequest(
        as, me, secret, parameters, checks.redirectUri, checks.verifier, { additionalParameters: extra, ...http })
      return told(answer, await oauth.processAuthorizationCodeResponse(as, me, answer, {
        expectedNonce: checks.openid ? checks.nonce : oauth.expectNoNonce,
        maxAge: checks.maxAge,
        requireIdToken: checks.openid,
      }))
    },

    async refresh(token, extra = {}) {
      const answer = await oauth.refreshTokenGrantRequest(as, me, secret, token, { additionalParameters: extra, ...http })
      return told(answer, await oauth.processRefreshTokenResponse(as, me, answer))
    },

    async clientCredentials(extra = {}) {
      const answer = await oauth.clientCredentialsGrantRequest(as, me, secret, extra, http)
      return oauth.processClientCredentialsResponse(as, me, answer)
    },

    userinfo: async (token, subject) =>
      oauth.processUserInfoResponse(as, me, subject, await oauth.userInfoRequest(as, me, token, http)),

    introspect: async token =>
      oauth.processIntrospectionResponse(as, me, await oauth.introspectionRequest(as, me, secret, token, http)),

    revoke: async (token, hint) => oauth.processRevocationResponse(await oauth.revocationRequest(
      as, me, secret, token, { additionalParameters: hint ? { token_type_hint: hint } : {}, ...http })),

    /** What a resource server does with an access token that is a JWT (RFC 9068 §4). */
    validateAccessToken: (token, audience) => oauth.validateJwtAccessToken(
      as, new Request(audience, { headers: { authorization: `Bearer ${token}` } }), audience, http),
  }
}

async function authentication(client) {
  switch (client.method) {
    case 'client_secret_basic': return oauth.ClientSecretBasic(client.secret)
    case 'client_secret_post': return oauth.ClientSecretPost(client.secret)
    case 'private_key_jwt': return oauth.PrivateKeyJwt({ key: await importKey(client.key), kid: client.key.kid })
    default: return oauth.None()
  }
}

function importKey(jwk) {
  return crypto.subtle.importKey('jwk', jwk, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign'])
}
