// Talks to the server as a client does, and remembers what was said.

import { state } from './state.js';
import { jwtOf, shortened } from './tokens.js';

let known = null;

// The server's metadata (OpenID Connect Discovery 1.0 section 4), fetched once.
export async function metadata(settings) {
  known ??= await (await fetch(`${settings.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`)).json();
  return known;
}

// Sends a request; answers { status, body, decision, entry }, where entry is ready for the log.
export async function call({ step, title, url, method = 'POST', form = null, json = null, headers = {} }) {
  const sent = { method, url, headers: { ...headers }, body: shortened(form ?? json ?? null) };
  if (sent.headers.Authorization) sent.headers.Authorization = sent.headers.Authorization.replace(/ .*/, ' …');
  const init = { method, headers: { ...headers }, cache: 'no-store', redirect: 'error' };
  if (form) init.body = new URLSearchParams(form);
  if (json) Object.assign(init, { body: JSON.stringify(json), headers: { ...headers, 'Content-Type': 'application/json' } });

  let response;
  try {
    response = await fetch(url, init);
  } catch (error) {
    return { status: 0, body: null, decision: null, entry: { step, title, sent, came: { status: 0, body: String(error) }, decision: 'Faulty' } };
  }
  const body = await response.json().catch(() => null);
  const decision = response.headers.get('Evergrant-Decision');
  const entry = { step, title, sent, came: { status: response.status, body: shortened(body) }, decision };
  if (!response.ok) await explain(entry, body, response.headers.get('WWW-Authenticate'));
  const issued = jwtOf(body?.access_token)?.claims.iat;
  if (issued) state.clock = Math.abs(issued * 1000 - Date.now()) < 3000 ? 0 : issued * 1000 - Date.now();
  return { status: response.status, body, decision, entry };
}

// What the operator is told about a refusal: the wire has only the reference.
async function explain(entry, body, challenge) {
  entry.decision ??= 'Refused';
  const reference = /Reference ([0-9A-Z]{4}-[0-9A-Z]{4})/.exec(`${body?.error_description ?? ''} ${challenge ?? ''}`)?.[1];
  if (!reference) return;
  entry.reference = reference;
  const response = await fetch(`/dev/explain?reference=${reference}`, { cache: 'no-store' });
  if (response.ok) entry.explanation = await response.json();
  const fact = label => entry.explanation?.facts?.find(f => f.label === label)?.text ?? null;
  entry.refusal = fact('Refusal');
  entry.decision = fact('Decision') ?? entry.decision;
}

export const basic = (id, secret) => `Basic ${btoa(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`)}`;

const encode = bytes => btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

export const randomText = () => encode(crypto.getRandomValues(new Uint8Array(32)));

// The S256 challenge of a verifier (RFC 7636 section 4.2).
export const challengeOf = async verifier => encode(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))));
