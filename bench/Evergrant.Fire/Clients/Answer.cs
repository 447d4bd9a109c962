using System.Text;

namespace Evergrant.Fire.Clients;

/// <summary>An answer as it stands in the buffer of its connection; valid until the next one.</summary>
/// <param name="Status">Status code.</param>
/// <param name="Head">Status line and headers with the empty line.</param>
/// <param name="Body">The body, without chunks.</param>
internal readonly record struct Answer(int Status, ReadOnlyMemory<byte> Head, ReadOnlyMemory<byte> Body)
{
    /// <summary>The refresh token in a token answer; null for none.</summary>
    public string? RefreshToken => Member("\"refresh_token\":\""u8);

    /// <summary>The access token in a token answer; null for none.</summary>
    public string? AccessToken => Member("\"access_token\":\""u8);

    /// <summary>The error code; null for none.</summary>
    public string? Error => Member("\"error\":\""u8);

    /// <summary>Whether an introspection says that the token is good.</summary>
    public bool IsActive => Body.Span.IndexOf("\"active\":true"u8) >= 0;

    /// <summary>Name of the decision, which development mode tells; null when it does not.</summary>
    public string? Decision => Header("Evergrant-Decision: "u8);

    /// <summary>Where a redirect leads; null for none.</summary>
    public string? Location => Header("Location: "u8);

    /// <summary>All cookies that are set, as name and value.</summary>
    public IEnumerable<(string Name, string Value)> Cookies()
    {
        foreach (string line in Encoding.ASCII.GetString(Head.Span).Split("\r\n"))
        {
            if (!line.StartsWith("Set-Cookie: ", StringComparison.OrdinalIgnoreCase)) continue;
            string[] pair = line[12..].Split(';', 2)[0].Split('=', 2);
            yield return (pair[0], pair[1]);
        }
    }

    // Tokens and codes are written without escapes.
    private string? Member(ReadOnlySpan<byte> opening)
    {
        ReadOnlySpan<byte> body = Body.Span;
        int at = body.IndexOf(opening);
        if (at < 0) return null;
        body = body[(at + opening.Length)..];
        int end = body.IndexOf((byte)'"');
        return end < 0 ? null : Encoding.ASCII.GetString(body[..end]);
    }

    private string? Header(ReadOnlySpan<byte> name)
    {
        ReadOnlySpan<byte> head = Head.Span;
        for (int at = head.IndexOf("\r\n"u8); at >= 0;)
        {
            head = head[(at + 2)..];
            if (head.StartsWith(name)) return Encoding.ASCII.GetString(head[name.Length..head.IndexOf("\r\n"u8)]);
            at = head.IndexOf("\r\n"u8);
        }
        return null;
    }
}
