using System.Security.Cryptography;
using System.Text;

namespace Evergrant.AspNetCore.CheckSession;

/// <summary>The page behind check_session_iframe: one script, known to the policy by its hash.</summary>
internal static class CheckSessionPage
{
    // Section 3.2: a message is "client_id session_state", the answer one of unchanged, changed, error. No answer goes to an origin that is none of the client's (204 from the server says it is).
    // A browser that keeps the cookie from this frame has no state: that is an error and never "changed", which would have the client ask again without end (section 5.1).
    private const string Script =
        """
        'use strict';
        (() => {
          const name = (location.protocol === 'https:' ? '__Host-' : '') + 'evergrant-state=';
          const known = new Map();
          const state = () => document.cookie.split('; ').find(cookie => cookie.startsWith(name))?.slice(name.length);
          const belongs = (client, origin) => {
            const key = client + ' ' + origin;
            if (!known.has(key)) {
              if (known.size >= 20) known.clear();
              const answer = fetch(location.pathname + '/client?' + new URLSearchParams({ client_id: client, origin }), { credentials: 'omit' }).then(reply => reply.status === 204);
              known.set(key, answer);
              answer.catch(() => known.delete(key));
            }
            return known.get(key);
          };
          const hash = async text => {
            const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
            return btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
          };
          const judge = async (data, origin) => {
            const parts = typeof data === 'string' && /^([^ ]+) ([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)$/.exec(data);
            if (!parts) return 'error';
            const [, client, shown, salt] = parts;
            if (!await belongs(client, origin)) return null;
            const now = state();
            if (now === undefined || !crypto.subtle) return 'error';
            return await hash([client, origin, now, salt].join(' ')) === shown ? 'unchanged' : 'changed';
          };
          addEventListener('message', async event => {
            if (!event.source || event.source === window || !/^https?:/.test(event.origin)) return;
            const answer = await judge(event.data, event.origin).catch(() => 'error');
            if (answer) event.source.postMessage(answer, event.origin);
          });
        })();
        """;

    /// <summary>What the policy knows the script by.</summary>
    public static string ScriptHash { get; } = "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Script)));

    /// <summary>The page.</summary>
    public static ReadOnlyMemory<byte> Html { get; } = Encoding.UTF8.GetBytes($"<!DOCTYPE html><html lang=\"en\"><meta charset=\"utf-8\"><title>Session</title><script>{Script}</script></html>");
}
