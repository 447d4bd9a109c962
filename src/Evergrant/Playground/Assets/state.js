// What the client holds, kept in sessionStorage so that the redirect to the server and back continues the tour.

const key = 'evergrant-playground';

const fresh = () => ({
  pending: null,        // { verifier, state, nonce }: an authorization request under way
  refreshTokens: [],    // every generation the client has received, oldest first
  lost: null,           // a successor that came back and was thrown away
  access: null,         // the newest access token
  id: null,             // the newest ID Token
  clock: 0,             // server time minus browser time, in milliseconds
  log: [],              // entries as log.js draws them, oldest first
});

export let state = read();

export function save() {
  sessionStorage.setItem(key, JSON.stringify(state));
}

export function startOver() {
  state = { ...fresh(), clock: state.clock };
  save();
}

export const current = () => state.refreshTokens.at(-1) ?? null;
export const previous = () => state.refreshTokens.at(-2) ?? null;
export const older = () => state.refreshTokens.at(-3) ?? null;

export const serverNow = () => Date.now() + state.clock;

function read() {
  try {
    return { ...fresh(), ...JSON.parse(sessionStorage.getItem(key) ?? '{}') };
  } catch {
    return fresh();
  }
}
