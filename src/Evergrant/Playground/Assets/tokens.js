// Takes tokens apart. Only to be looked at: nothing here checks a signature, and a client has no business reading its access or refresh tokens.

const notes = {
  iss: 'who issued it', sub: 'who signed in', aud: 'who it is for', exp: 'when it ends', iat: 'when it was issued', nbf: 'not before', jti: 'its own number',
  client_id: 'the client it was issued to', azp: 'the client it was issued to', scope: 'what it allows', auth_time: 'when the person signed in', nonce: 'binds it to this request',
  sid: 'the sign-in session', amr: 'how the person proved who they are', acr: 'how strong that was', at_hash: 'binds it to the access token', grant_id: 'the grant it lives and dies with',
  gid: 'the grant it lives and dies with', name: 'a claim about the person', email: 'a claim about the person', email_verified: 'whether the address was checked',
  preferred_username: 'the name used to sign in', updated_at: 'when the claims last changed', alg: 'the signature algorithm', kid: 'which key signed it', typ: 'what kind of JWT it is',
};

export const noteOf = claim => notes[claim] ?? '';
export const isTime = claim => ['exp', 'iat', 'nbf', 'auth_time', 'updated_at'].includes(claim);

const bytesOf = text => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), c => c.charCodeAt(0));

// { header, claims } of a JWT; null for anything else.
export function jwtOf(token) {
  const parts = token?.split('.') ?? [];
  if (parts.length !== 3) return null;
  try {
    const [header, claims] = parts.slice(0, 2).map(part => JSON.parse(new TextDecoder().decode(bytesOf(part))));
    return { header, claims };
  } catch {
    return null;
  }
}

// { grant, generation, key } of a refresh token or code: key number (2 bytes), grant id (16), generation (8), check (8), tag (32).
export function credentialOf(token) {
  if (!/^ev[a-z]_/.test(token ?? '')) return null;
  const bytes = bytesOf(token.slice(4));
  const view = new DataView(bytes.buffer);
  const hex = [...bytes.slice(2, 18)].map(b => b.toString(16).padStart(2, '0')).join('');
  return { key: view.getUint16(0), grant: hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'), generation: Number(view.getBigUint64(18)) };
}

// A token as it can be told from another one at a glance.
export const short = token => token.length <= 32 ? token : `${token.slice(0, 14)}…${token.slice(-10)}`;

// Shortens every token in what was sent or came back.
export function shortened(value, name = '') {
  if (Array.isArray(value)) return value.map(item => shortened(item));
  if (value !== null && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, shortened(v, k)]));
  return typeof value === 'string' && value.length > 48 && /token|code|secret|verifier|assertion/.test(name) ? short(value) : value;
}

// "in 4 min 12 s", "3 min ago".
export function distance(milliseconds) {
  const seconds = Math.round(Math.abs(milliseconds) / 1000);
  const [d, h, m, s] = [Math.floor(seconds / 86400), Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60];
  const text = d > 1 ? `${d} days` : d === 1 ? `1 day ${h} h` : h > 0 ? `${h} h ${m} min` : m > 0 ? `${m} min ${s} s` : `${s} s`;
  return milliseconds >= 0 ? `in ${text}` : `${text} ago`;
}
