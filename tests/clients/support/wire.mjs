// The HTTP that a program is given: its own fetch, which can lose an answer and remembers what the server said last.

import { redact } from './redact.mjs'

/** A fetch that performs every request; `loseNext()` makes it throw the next answer away after the server has given it. */
export function wire() {
  let loses = false
  const exchange = async (url, options) => {
    const answer = await fetch(url, options)
    const text = await answer.clone().text()
    exchange.last = `${options?.method ?? 'GET'} ${new URL(url).pathname} -> ${answer.status} ${describe(answer, text)}`
    if (!loses) return answer
    loses = false
    exchange.lost = { status: answer.status, body: JSON.parse(text) }
    throw new TypeError('the connection broke after the request was sent')
  }
  exchange.loseNext = () => { loses = true }
  exchange.lost = null
  exchange.last = 'nothing'
  return exchange
}

function describe(answer, text) {
  const challenge = answer.headers.get('www-authenticate')
  const decision = answer.headers.get('evergrant-decision')
  let body = answer.headers.get('content-type') ?? ''
  try {
    const json = JSON.parse(text)
    body = json.error ? JSON.stringify({ error: json.error, error_description: json.error_description }) : `{ ${Object.keys(json).join(', ')} }`
  } catch { /* not JSON: the content type says what it is */ }
  return redact([body, challenge && `WWW-Authenticate: ${challenge}`, decision && `Evergrant-Decision: ${decision}`].filter(Boolean).join(' '))
}
