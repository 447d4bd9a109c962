// The clients that the stories need besides the two of development mode, declared as an operator would: `evergrant apply`.

const scope = 'openid profile email offline_access notes:read notes:write'
const everyGrant = ['authorization_code', 'refresh_token', 'client_credentials']
const redirects = ['http://127.0.0.1/callback']

/** What to declare, and the private key (as JWK) of the client that signs its assertions. `places` are the origins of the stories' own servers. */
export async function declare(issuer, places) {
  const { tools, app, intranet } = places
  const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])
  const jwk = async key => (({ kty, crv, x, y, d }) => ({ kty, crv, x, y, d }))(await crypto.subtle.exportKey('jwk', key))
  const signing = { alg: 'ES256', use: 'sig', kid: 'clients-signed-1' }
  return {
    privateKey: { ...(await jwk(pair.privateKey)), ...signing },
    state: {
      resources: [{
        identifier: 'https://ledger.example',
        name: 'Ledger',
        scopes: [{ name: 'ledger:read', description: 'Read the ledger' }],
        access_token_format: 'jwt',
      }, {
        identifier: tools,
        name: 'Tools',
        scopes: [{ name: 'tools:use', description: 'Use your tools' }],
        access_token_format: 'jwt',
      }],
      clients: [
        {
          issuer, client_id: 'clients-signed', client_name: 'Signed', application_type: 'web',
          token_endpoint_auth_method: 'private_key_jwt', redirect_uris: redirects, grant_types: everyGrant,
          response_types: ['code'], scope, resources: ['https://notes.example'], introspect: true,
          jwks: { keys: [{ ...(await jwk(pair.publicKey)), ...signing }] },
        },
        {
          issuer, client_id: 'clients-machine', client_name: 'Machine', application_type: 'web',
          token_endpoint_auth_method: 'client_secret_basic', redirect_uris: [], grant_types: ['client_credentials'],
          response_types: [], scope: 'ledger:read notes:read', resources: ['https://ledger.example', 'https://notes.example'], introspect: true,
        },
        {
          issuer, client_id: 'clients-opaque', client_name: 'Opaque', application_type: 'web',
          token_endpoint_auth_method: 'client_secret_basic', redirect_uris: redirects, grant_types: everyGrant,
          response_types: ['code'], scope, resources: ['https://notes.example'], introspect: true, access_token_format: 'opaque',
        },
        {
          issuer, client_id: 'clients-dpop', client_name: 'DPoP', application_type: 'native',
          token_endpoint_auth_method: 'none', redirect_uris: redirects, grant_types: ['authorization_code', 'refresh_token'],
          response_types: ['code'], scope, resources: ['https://notes.example'], consent: 'ask',
          dpop_bound_access_tokens: true, require_dpop_nonce: true,
        },
        // Three applications in a browser, at one origin. Over http an earlier consent to a public client counts for nothing (RFC 8252 section 8.6), so that prompt=none
        // needs the operator's word. The first holds bare bearer tokens, by the policy that is built in; the second has access tokens that end soon; the third binds
        // its tokens to a key.
        {
          issuer, client_id: 'clients-browser', client_name: 'Browser', application_type: 'browser',
          token_endpoint_auth_method: 'none', redirect_uris: ['', '/watched'].flatMap(path => [`${app}${path}/callback`, `${app}${path}/silent`]), post_logout_redirect_uris: [`${app}/out`],
          grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'], scope, resources: ['https://notes.example'], consent: 'implied',
        },
        {
          issuer, client_id: 'clients-browser-brief', client_name: 'Browser, brief', application_type: 'browser',
          token_endpoint_auth_method: 'none', redirect_uris: [`${app}/brief/callback`], grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'],
          scope, resources: ['https://notes.example'], consent: 'implied', policy: { access_token_lifetime: '00:00:12' },
        },
        {
          issuer, client_id: 'clients-browser-bound', client_name: 'Browser, bound', application_type: 'browser',
          token_endpoint_auth_method: 'none', redirect_uris: [`${app}/bound/callback`], grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'],
          scope, resources: ['https://notes.example'], consent: 'implied', dpop_bound_access_tokens: true, require_dpop_nonce: true,
        },
        // Each access token is at once a minute before its end, so that mod_auth_openidc renews it with every request.
        {
          issuer, client_id: 'intranet', client_name: 'Intranet', application_type: 'web', token_endpoint_auth_method: 'client_secret_basic',
          redirect_uris: [`${intranet}/oidc`], post_logout_redirect_uris: [`${intranet}/bye`], backchannel_logout_uri: `${intranet}/oidc?logout=backchannel`,
          grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'], scope: 'openid profile email offline_access', consent: 'implied',
          policy: { access_token_lifetime: '00:01:00' },
        },
        // An API that asks the server about tokens, and two machines that call it: one whose tokens end soon, one whose tokens are opaque.
        {
          issuer, client_id: 'notes-api', client_name: 'Notes API', application_type: 'web', token_endpoint_auth_method: 'client_secret_basic',
          redirect_uris: [], grant_types: ['client_credentials'], response_types: [], introspect: true,
        },
        {
          issuer, client_id: 'clients-brief', client_name: 'Brief', application_type: 'web', token_endpoint_auth_method: 'client_secret_basic',
          redirect_uris: [], grant_types: ['client_credentials'], response_types: [], scope: 'notes:read', resources: ['https://notes.example'], policy: { access_token_lifetime: '00:00:05' },
        },
        {
          issuer, client_id: 'clients-veiled', client_name: 'Veiled', application_type: 'web', token_endpoint_auth_method: 'client_secret_basic',
          redirect_uris: [], grant_types: ['client_credentials'], response_types: [], scope: 'notes:read', resources: ['https://notes.example'], policy: { access_token_format: 'opaque' },
        },
        {
          issuer, client_id: 'clients-television', client_name: 'Television', application_type: 'native', token_endpoint_auth_method: 'none', redirect_uris: [], response_types: [],
          grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'], scope, resources: ['https://notes.example'],
        },
        {
          issuer, client_id: 'clients-till', client_name: 'Till', application_type: 'web', token_endpoint_auth_method: 'client_secret_basic', redirect_uris: [], response_types: [],
          grant_types: ['urn:openid:params:grant-type:ciba', 'refresh_token'], scope, resources: ['https://notes.example'], backchannel_token_delivery_mode: 'poll',
        },
        {
          issuer, client_id: 'clients-gateway', client_name: 'Gateway', application_type: 'web', token_endpoint_auth_method: 'client_secret_basic', redirect_uris: [], response_types: [],
          grant_types: ['urn:ietf:params:oauth:grant-type:token-exchange'], scope: 'ledger:read', resources: ['https://ledger.example'], introspect: true,
          token_exchange: [{ subject_clients: ['demo-web'], audiences: ['https://ledger.example'], scopes: ['ledger:read'] }],
        },
        {
          issuer, client_id: 'clients-strict', client_name: 'Strict', application_type: 'web',
          token_endpoint_auth_method: 'client_secret_basic', redirect_uris: redirects, grant_types: everyGrant,
          response_types: ['code'], scope, resources: ['https://notes.example'], introspect: true,
          policy: { refresh_tokens: 'offline_access', rotate: true, retry: 'never' },
        },
      ],
    },
  }
}
