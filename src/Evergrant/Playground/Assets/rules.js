// Which rule said so: for each decision that the server names, what it means, the row of the decision table, and where it comes from.

const decisions = {
  CodeIssued: ['Code issued', 'The person is signed in and has agreed: the client gets a code that is good once, for a minute, and only with its verifier.', 'Generation 0 of a new grant', 'RFC 6749 §4.1.2'],
  Redeemed: ['Redeemed', 'The code fits the client, the redirect URI and the PKCE verifier. The grant’s counter goes from 0 to 1: the first refresh token.', 'Row 8, generation 0', 'RFC 7636 §4.6'],
  Rotated: ['Rotated', 'The newest refresh token was shown. The counter went up by one in one conditional write, and the token of the new generation is the only good one.', 'Row 8', 'RFC 9700 §4.14.2'],
  Renewed: ['Renewed', 'This client’s refresh token is not rotated: the same one stays good.', 'Row 8', 'RFC 6749 §6'],
  Repeated: ['Repeated', 'The token before the newest came back, its successor has not been used yet, and the retry rule still allows it: the answer was lost on the way. It is given again, with the same successor.', 'Row 9', 'RFC 9700 §4.14.2'],
  Replayed: ['Replayed', 'A refresh token came back that had been passed by for good. Two parties hold the family and nobody can tell which is the thief, so the grant ends for both.', 'Row 6', 'RFC 9700 §4.14.2'],
  CaughtUp: ['Caught up', 'The token was ahead of the store: the store had lost its last writes and healed itself.', 'Row 10', 'grants.md'],
  Issued: ['Issued', 'The client proved who it is and asked for itself. There is no person, and no refresh token.', 'No grant row', 'RFC 6749 §4.4'],
  Refused: ['Refused', 'The request was refused and nothing changed.', '', 'RFC 6749 §5.2'],
  Active: ['Active', 'The token is good, and the asking client may know it.', '', 'RFC 7662 §2.2'],
  Inactive: ['Inactive', 'Unknown, expired, revoked, or none of the asking client’s business: all look the same.', '', 'RFC 7662 §2.2'],
  Revoked: ['Revoked', 'The grant has ended, and with it every token of it. JWT access tokens that are checked offline live until they expire.', 'Row 3 from now on', 'RFC 7009 §2.1'],
  Answered: ['Answered', 'The access token has the scope openid, so the claims that the granted scopes stand for are told.', '', 'OpenID Connect Core §5.3'],
  ClockMoved: ['Clock moved', 'All time comes from one clock, which can be moved in development mode. The tokens’ times are compared with it.', '', 'Development mode only'],
  Lost: ['Lost on purpose', 'The server has rotated, but the client behaves as if the connection had broken: it still holds the old token only. Press Refresh, as a client would that tries again.', 'Row 8, answer lost', 'grants.md'],
  Asked: ['Asked', 'The browser goes to the authorization endpoint with a fresh state, nonce and PKCE challenge.', '', 'RFC 6749 §4.1.1, RFC 7636 §4.3'],
  Denied: ['Not allowed', 'The person, or a rule, said no; the client is told with its own state.', '', 'RFC 6749 §4.1.2.1'],
  Faulty: ['Not accepted', 'The client itself refused the answer.', '', 'RFC 9207 §2.4, RFC 6749 §10.12'],
};

// What an operator knows and the wire does not say, by the name of the refusal.
const rows = {
  RefreshTokenUnknown: 'Row 1', RefreshTokenOfAnotherClient: 'Row 2', GrantRevoked: 'Row 3', KeyMismatch: 'Row 4', GrantExpired: 'Row 5', RefreshTokenIdle: 'Row 5',
  RefreshTokenReplayed: 'Row 6', ScopeWidened: 'Row 7', ResourceWidened: 'Row 7', StoreLostWrites: 'Row 10',
};

export function ruleOf(decision, refusal) {
  const [title, text, row, source] = decisions[decision] ?? [decision ?? 'Answered', '', '', ''];
  return { title, text, row: rows[refusal] ?? row, source };
}
