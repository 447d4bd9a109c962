using System.Text;
using Evergrant.Fuzz.Mutation;

namespace Evergrant.Fuzz.Endpoints;

/// <summary>A request as bytes: made from a shape, changed here and there.</summary>
internal sealed record MadeRequest(string Method, string Path, string Query, IReadOnlyList<KeyValuePair<string, string>> Headers, byte[] Body)
{
    /// <summary>What is kept of one that did what none may do.</summary>
    public byte[] ToBytes() => [.. Encoding.UTF8.GetBytes($"{Method} {Path}{Query}\n{string.Join('\n', Headers.Select(h => $"{h.Key}: {h.Value}"))}\n\n"), .. Body];

    /// <summary>Reads one that was kept.</summary>
    public static MadeRequest Of(byte[] kept)
    {
        int end = kept.AsSpan().IndexOf("\n\n"u8);
        string[] lines = Encoding.UTF8.GetString(kept, 0, end).Split('\n');
        string[] first = lines[0].Split(' ', 2);
        int query = first[1].IndexOf('?', StringComparison.Ordinal);
        return new MadeRequest(first[0], query < 0 ? first[1] : first[1][..query], query < 0 ? "" : first[1][query..],
            [.. lines.Skip(1).Select(l => l.Split(": ", 2)).Select(h => new KeyValuePair<string, string>(h[0], h.Length > 1 ? h[1] : ""))], kept[(end + 2)..]);
    }
}

/// <summary>What a right request at an endpoint looks like.</summary>
/// <param name="Method">Method.</param>
/// <param name="Path">Path.</param>
/// <param name="Weight">How often it is taken. What costs the server a password hash is taken seldom.</param>
/// <param name="Query">Parameters of the query; a value <c>$kind</c> is one that the server gave lately.</param>
/// <param name="Form">Parameters of the body; null for none.</param>
/// <param name="Headers">Headers.</param>
/// <param name="Json">A body of JSON instead of a form; null for none.</param>
internal sealed record RequestShape(string Method, string Path, int Weight, (string, string)[]? Query = null, (string, string)[]? Form = null, (string, string)[]? Headers = null, string? Json = null)
{
    private static readonly string[] Methods = ["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE", "FOO"];
    private static readonly string[] Types = ["application/x-www-form-urlencoded", "application/x-www-form-urlencoded;charset=utf-8", "application/json", "multipart/form-data; boundary=x", "text/plain", "", ";;;", "application/x-www-form-urlencoded; charset=utf-7"];
    private static readonly string[] HeaderNames = ["Accept", "Accept-Language", "Authorization", "Cookie", "Origin", "Referer", "Host", "DPoP", "X-Forwarded-For", "X-Forwarded-Proto", "Forwarded", "Content-Encoding", "Sec-Fetch-Site", "Access-Control-Request-Method", "Access-Control-Request-Headers", "Client-Cert", "If-None-Match", "Range", "Expect"];

    /// <summary>Makes a request of it, mostly with something wrong.</summary>
    public MadeRequest Make(Mutator mutator, LiveValues live)
    {
        Random random = mutator.Random;
        List<KeyValuePair<string, string>> headers = [.. (Headers ?? []).Select(h => new KeyValuePair<string, string>(h.Item1, Filled(h.Item2, live, random)))];
        byte[] query = Encoded(Query ?? [], mutator, live), body = Json is not null ? Encoding.UTF8.GetBytes(Json) : Form is null ? [] : Encoded(Form, mutator, live);
        string method = Method, path = Path;
        bool form = Form is not null;
        if (random.Next(3) == 0 && query.Length > 0) query = mutator.Change(query, body).ToArray();
        if (random.Next(3) == 0 && body.Length > 0) body = mutator.Change(body, query).ToArray();
        switch (random.Next(24))
        {
            case 0: method = mutator.Any(Methods); break;
            case 1: path = Latin(mutator.Change(Encoding.Latin1.GetBytes(path), body)); break;
            case 2: (query, body) = (body, query); break;
            case 3 when headers.Count > 0:
                int at = random.Next(headers.Count);
                headers[at] = new(headers[at].Key, Latin(mutator.Change(Encoding.Latin1.GetBytes(headers[at].Value), query)));
                break;
            case 4: headers.Add(new(mutator.Any(HeaderNames), Latin(mutator.Any(Words.All)))); break;
            case 5 when headers.Count > 0: headers.RemoveAt(random.Next(headers.Count)); break;
            case 6: body = mutator.Change(body, query).ToArray(); break;
            case 7: headers.Add(new("Cookie", "evergrant-session=" + Latin(mutator.Any(Words.All)))); break;
        }
        string type = random.Next(64) == 0 ? mutator.Any(Types) : Json is not null ? "application/json" : form ? "application/x-www-form-urlencoded" : "";
        if (type.Length > 0 && body.Length > 0) headers.Add(new("Content-Type", type));
        return new MadeRequest(method, path.StartsWith('/') ? path : "/" + path, query.Length == 0 ? "" : "?" + QueryText(query), headers, body);
    }

    // A query is text in a request line: what cannot stand there is escaped, as every sender must.
    private static string QueryText(byte[] query)
    {
        var text = new StringBuilder(query.Length);
        foreach (byte b in query)
        {
            if (b is > 0x20 and < 0x7f and not (byte)'#') text.Append((char)b);
            else text.Append('%').Append(b.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
        }
        return text.ToString();
    }

    private static string Latin(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    private static string Filled(string value, LiveValues live, Random random)
    {
        int dollar = value.IndexOf('$', StringComparison.Ordinal);
        return dollar < 0 ? value : value[..dollar] + (live.Any(value[(dollar + 1)..], random) ?? "none");
    }

    private static byte[] Encoded((string, string)[] parameters, Mutator mutator, LiveValues live)
    {
        Random random = mutator.Random;
        var text = new StringBuilder();
        foreach ((string name, string value) in parameters)
        {
            int times = random.Next(40) switch { 0 => 0, 1 => 2, _ => 1 };
            for (int i = 0; i < times; i++)
            {
                string filled = Filled(value, live, random);
                if (random.Next(30) == 0) filled = Latin(mutator.Change(Encoding.UTF8.GetBytes(filled), Encoding.UTF8.GetBytes(name)));
                if (text.Length > 0) text.Append('&');
                text.Append(name).Append('=').Append(Uri.EscapeDataString(filled));
            }
        }
        if (random.Next(40) == 0) text.Append('&').Append(Uri.EscapeDataString(Latin(mutator.Any(Words.All)))).Append('=').Append(Uri.EscapeDataString(Latin(mutator.Any(Words.All))));
        return Encoding.ASCII.GetBytes(text.ToString());
    }
}
