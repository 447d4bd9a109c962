// What a test prints about a server's answer must not carry a secret: every long run of base64url characters, every
// query value and every secret we know by name becomes "…".

const known = new Set()

/** Remembers values that must never be printed, whatever their length. */
export function keepSecret(...values) {
  for (const value of values) if (value) known.add(value)
}

/** Text that may be printed. */
export function redact(text) {
  let out = String(text)
  for (const value of known) out = out.replaceAll(value, '…')
  return out
    .replace(/([?&#;\s"'](?:code|state|nonce|access_token|refresh_token|id_token|ticket|client_secret|password)["']?\s*[=:]\s*["']?)[^&\s"'<>]+/g, '$1…')
    .replace(/[A-Za-z0-9_-]{32,}/g, '…')
}
