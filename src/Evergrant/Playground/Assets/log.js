// Draws what happened and what the client holds. Text goes in as text: nothing that came over the wire is ever read as HTML.

import { ruleOf } from './rules.js';
import { current, serverNow, state } from './state.js';
import { credentialOf, distance, isTime, jwtOf, noteOf, short } from './tokens.js';

export function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value !== null && value !== false) element.setAttribute(key, value === true ? '' : value);
  element.append(...children.filter(child => child !== null && child !== undefined));
  return element;
}

const pretty = value => typeof value === 'string' ? value : JSON.stringify(value, null, 2);

export function drawLog() {
  document.getElementById('log').replaceChildren(...state.log.map(drawEntry).reverse());
  document.getElementById('log-empty').hidden = state.log.length > 0;
}

function drawEntry(entry) {
  const rule = ruleOf(entry.decision, entry.refusal);
  const bad = ['Refused', 'Replayed', 'Denied', 'Faulty'].includes(entry.decision);
  return h('li', { 'data-step': entry.step, 'data-decision': entry.decision ?? '', class: bad ? 'bad' : null },
    h('header', {}, h('h3', {}, entry.title), h('span', { class: 'decision' }, rule.title)),
    h('p', { class: 'rule' }, rule.text),
    h('p', { class: 'source' }, [rule.row, rule.source].filter(Boolean).join(' · ')),
    entry.note ? h('p', { class: 'remark' }, entry.note) : null,
    entry.compare ? drawCompare(entry.compare) : null,
    entry.explanation ? drawExplanation(entry) : null,
    h('details', {}, h('summary', {}, 'What was sent, what came back'),
      h('div', { class: 'wire' },
        h('div', {}, h('h4', {}, 'Sent'), h('pre', { tabindex: 0 }, `${entry.sent.method} ${entry.sent.url}\n${[...Object.entries(entry.sent.headers ?? {}).map(([k, v]) => `${k}: ${v}`), entry.sent.body ? pretty(entry.sent.body) : ''].join('\n')}`)),
        h('div', {}, h('h4', {}, 'Came back'), h('pre', { tabindex: 0 }, `${entry.came.status || ''}\n${entry.came.body === null ? '' : pretty(entry.came.body)}`)))));
}

function drawCompare({ left, right, leftToken, rightToken }) {
  const same = leftToken === rightToken;
  return h('div', { class: 'compare', 'data-same': String(same) },
    h('div', {}, h('h4', {}, left), h('code', {}, leftToken)),
    h('div', {}, h('h4', {}, right), h('code', {}, rightToken)),
    h('p', {}, same ? 'The same, byte for byte: there is one successor, however often it is asked for.' : 'Not the same.'));
}

function drawExplanation({ reference, explanation }) {
  return h('div', { class: 'explanation' },
    h('h4', {}, `What the operator is told under ${reference}`),
    h('p', {}, h('strong', {}, explanation.title)), h('p', {}, explanation.rule), h('p', {}, explanation.advice));
}

export function drawTokens() {
  const refresh = current();
  const parts = [
    state.access ? drawJwt('access-token', 'Access token', 'For the API. The client does not read it.', state.access) : null,
    state.id ? drawJwt('id-token', 'ID Token', 'For the client: who signed in.', state.id) : null,
    refresh ? drawRefresh(refresh) : null,
  ].filter(Boolean);
  document.getElementById('tokens').replaceChildren(...parts.length ? parts : [h('p', { class: 'empty' }, 'Nothing yet.')]);
  tick();
}

function drawJwt(id, title, text, token) {
  const jwt = jwtOf(token);
  const expires = jwt?.claims.exp;
  return h('details', { id, class: 'token' },
    h('summary', {}, h('strong', {}, title), expires ? h('span', { class: 'left', 'data-time': expires }) : null),
    h('p', { class: 'aside' }, text),
    h('code', { class: 'whole' }, token),
    jwt ? drawClaims('Header', jwt.header) : null,
    jwt ? drawClaims('Claims', jwt.claims) : h('p', { class: 'aside' }, 'An opaque token: only the server can read it.'));
}

function drawClaims(title, claims) {
  return h('table', {}, h('caption', {}, title), h('tbody', {}, ...Object.entries(claims).map(([name, value]) => h('tr', {},
    h('th', { scope: 'row' }, name),
    h('td', {}, h('code', {}, typeof value === 'string' ? value : JSON.stringify(value)), isTime(name) ? h('span', { class: 'left', 'data-time': value }) : null),
    h('td', { class: 'aside' }, noteOf(name))))));
}

function drawRefresh(token) {
  const credential = credentialOf(token);
  return h('details', { id: 'refresh-token', class: 'token' },
    h('summary', {}, h('strong', {}, 'Refresh token'), h('span', { class: 'left' }, credential ? `generation ${credential.generation}` : '')),
    h('p', { class: 'aside' }, 'For the server alone. It names the grant and the generation; its tag can be made only with the row’s salt and a key that is kept outside the database.'),
    h('code', { class: 'whole' }, token),
    credential ? drawClaims('What is in it', { grant_id: credential.grant, generation: credential.generation, key: credential.key }) : null,
    h('ol', { class: 'generations' }, ...state.refreshTokens.map(t => h('li', { 'aria-current': t === token ? 'true' : null }, `${credentialOf(t)?.generation ?? '?'}: `, h('code', {}, short(t))))));
}

// Times as distances from the server's clock.
export function tick() {
  for (const element of document.querySelectorAll('[data-time]')) {
    const left = Number(element.dataset.time) * 1000 - serverNow();
    element.textContent = distance(left);
    element.classList.toggle('over', element.parentElement.tagName === 'SUMMARY' && left <= 0);
  }
}
