// The playground: a public client that performs the code flow with PKCE and then does to its tokens what clients, networks and thieves do.

import { drawLog, drawTokens, tick } from './log.js';
import { ruleOf } from './rules.js';
import { current, older, previous, save, startOver, state } from './state.js';
import { credentialOf } from './tokens.js';
import { basic, call, challengeOf, metadata, randomText } from './wire.js';

const settings = JSON.parse(document.getElementById('settings').textContent);
const home = new URL(settings.issuer).origin;
const redirectUri = `${home}/playground/callback`;
const button = id => document.getElementById(id);

function draw() {
  drawLog();
  drawTokens();
  button('refresh').disabled = button('lose-answer').disabled = button('revoke').disabled = !current();
  button('refresh-old').disabled = !previous();
  button('refresh-older').disabled = !older();
  button('userinfo').disabled = button('introspect').disabled = !state.access;
}

function tell(entry) {
  state.log.push(entry);
  save();
  draw();
  button('status').textContent = `${entry.title}: ${ruleOf(entry.decision, entry.refusal).title}`;
}

function keep(body) {
  state.access = body.access_token;
  state.id = body.id_token ?? state.id;
  if (body.refresh_token && !state.refreshTokens.includes(body.refresh_token)) state.refreshTokens.push(body.refresh_token);
}

async function signIn() {
  const { authorization_endpoint: endpoint } = await metadata(settings);
  startOver();
  state.pending = { verifier: randomText(), state: randomText(), nonce: randomText() };
  const request = {
    response_type: 'code', client_id: settings.nativeClientId, redirect_uri: redirectUri, scope: settings.scope, state: state.pending.state, nonce: state.pending.nonce,
    code_challenge: await challengeOf(state.pending.verifier), code_challenge_method: 'S256',
  };
  tell({ step: 'sign-in', title: 'Sign in', sent: { method: 'GET', url: endpoint, body: request }, came: { status: '', body: 'The server shows its pages.' }, decision: 'Asked' });
  location.assign(`${endpoint}?${new URLSearchParams(request)}`);
}

// The redirect back: the answer is judged before it is used (RFC 9207 section 2.4, RFC 6749 section 10.12).
async function receive() {
  const answer = Object.fromEntries(new URLSearchParams(location.search));
  history.replaceState(null, '', '/playground');
  const pending = state.pending;
  state.pending = null;
  const entry = { step: 'answer', title: 'The answer', sent: { method: 'GET', url: redirectUri }, came: { status: 'in the redirect', body: answer }, decision: 'CodeIssued' };
  if (!pending || answer.state !== pending.state || answer.iss !== settings.issuer) {
    tell({ ...entry, decision: 'Faulty', note: 'The state or the issuer is not the one of this request; the client throws the answer away.' });
  } else if (!answer.code) {
    tell({ ...entry, decision: 'Denied' });
  } else {
    tell({ ...entry, came: { ...entry.came, body: { ...answer, code: `${answer.code.slice(0, 12)}…` } } });
    await redeem(answer.code, pending.verifier);
  }
}

async function redeem(code, verifier) {
  const { body, entry } = await token('redeem', 'Redeem the code', { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier });
  if (body?.access_token) keep(body);
  tell(entry);
}

const token = async (step, title, form) => call({ step, title, url: (await metadata(settings)).token_endpoint, form: { ...form, client_id: settings.nativeClientId } });
const ask = (step, title, refreshToken) => token(step, title, { grant_type: 'refresh_token', refresh_token: refreshToken });
const generation = refreshToken => credentialOf(refreshToken)?.generation ?? '?';

async function refresh() {
  const shown = current();
  const lost = state.lost;
  const { body, entry } = await ask('refresh', lost ? 'Refresh again: the client tries once more' : 'Refresh', shown);
  if (body?.refresh_token) {
    if (lost) entry.compare = { left: 'The successor that was lost', leftToken: lost, right: 'The successor given now', rightToken: body.refresh_token };
    entry.note = `Generation ${generation(shown)} was shown; the client holds generation ${generation(body.refresh_token)} now.`;
    keep(body);
    state.lost = null;
  }
  tell(entry);
}

async function refreshOld() {
  const { body, entry } = await ask('refresh-old', 'Refresh with the old token', previous());
  if (body?.refresh_token) {
    entry.compare = { left: 'The successor the client had got', leftToken: current(), right: 'The successor given again', rightToken: body.refresh_token };
    entry.note = 'A lost answer, two tabs at once, a proxy that sends twice: all look like this, and none of them ends the session.';
    keep(body);
  }
  tell(entry);
}

async function refreshOlder() {
  const { entry } = await ask('refresh-older', 'A thief uses the token before', older());
  if (entry.decision === 'Replayed') entry.note = 'From now on no token of this grant works, neither the thief’s nor the client’s. Try Refresh, or Introspect.';
  tell(entry);
}

async function loseAnswer() {
  const shown = current();
  const { body, entry } = await ask('lose-answer', 'Refresh, and the answer is lost', shown);
  if (body?.refresh_token) {
    state.lost = body.refresh_token;
    entry.decision = 'Lost';
    entry.came = { status: `${entry.came.status}, thrown away`, body: entry.came.body };
    entry.note = `The server is at generation ${generation(body.refresh_token)}; the client still holds generation ${generation(shown)}.`;
  }
  tell(entry);
}

async function userinfo() {
  const { userinfo_endpoint: url } = await metadata(settings);
  const { status, entry } = await call({ step: 'userinfo', title: 'Userinfo', method: 'GET', url, headers: { Authorization: `Bearer ${state.access}` } });
  tell({ ...entry, decision: status === 200 ? 'Answered' : entry.decision });
}

async function introspect() {
  const { introspection_endpoint: url } = await metadata(settings);
  const { status, body, entry } = await call({
    step: 'introspect', title: `Introspect, as ${settings.webClientId}`, url, form: { token: state.access }, headers: { Authorization: basic(settings.webClientId, settings.webClientSecret) },
  });
  tell({ ...entry, decision: status !== 200 ? entry.decision : body?.active ? 'Active' : 'Inactive' });
}

async function revoke() {
  const { revocation_endpoint: url } = await metadata(settings);
  const { status, entry } = await call({ step: 'revoke', title: 'Revoke', url, form: { token: current(), token_type_hint: 'refresh_token', client_id: settings.nativeClientId } });
  tell({ ...entry, decision: status === 200 ? 'Revoked' : entry.decision });
}

async function clientCredentials() {
  const { token_endpoint: url } = await metadata(settings);
  const { entry } = await call({
    step: 'client-credentials', title: `Client credentials, as ${settings.webClientId}`, url, form: { grant_type: 'client_credentials' },
    headers: { Authorization: basic(settings.webClientId, settings.webClientSecret) },
  });
  tell(entry);
}

async function advanceClock() {
  const { status, body, entry } = await call({ step: 'advance-clock', title: 'Move the clock', url: '/dev/clock', json: { advance: button('advance-by').value } });
  if (status === 200) {
    state.clock = Date.parse(body.now) - Date.now();
    entry.decision = 'ClockMoved';
  }
  tell(entry);
}

const steps = {
  'sign-in': signIn, refresh, 'refresh-old': refreshOld, 'refresh-older': refreshOlder, 'lose-answer': loseAnswer, userinfo, introspect, revoke,
  'client-credentials': clientCredentials, 'advance-clock': advanceClock, 'start-over': () => { startOver(); draw(); },
};

// One step at a time; a button that was pressed stays where the keyboard left it.
let busy = Promise.resolve();
for (const [id, step] of Object.entries(steps)) {
  button(id).addEventListener('click', () => { busy = busy.then(step).catch(error => tell({ step: id, title: 'The playground failed', sent: { method: '', url: '' }, came: { status: '', body: String(error) }, decision: 'Faulty' })); });
}

if (location.origin !== home) {
  location.replace(`${home}/playground`); // the tokens of this tour belong to the issuer's own origin
} else {
  draw();
  setInterval(tick, 1000);
  if (location.pathname.endsWith('/callback')) busy = busy.then(receive);
}
