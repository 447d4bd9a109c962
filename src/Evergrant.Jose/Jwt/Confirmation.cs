namespace Evergrant.Jose;

/// <summary>The key that a token is bound to (RFC 7800 <c>cnf</c>): whoever uses the token proves that they hold it.</summary>
/// <param name="Member">Member of <c>cnf</c>: <see cref="DpopKey"/> or <see cref="Certificate"/>.</param>
/// <param name="Thumbprint">SHA-256 in base64url, 43 letters: of the public key (RFC 7638), or of the certificate's DER.</param>
public sealed record Confirmation(string Member, string Thumbprint)
{
    /// <summary>A key that signs proofs (RFC 9449 §6.1).</summary>
    public const string DpopKey = "jkt";

    /// <summary>A client certificate (RFC 8705 §3.1).</summary>
    public const string Certificate = "x5t#S256";

    private const int ThumbprintLength = 43;

    /// <summary>Whether the key signs proofs.</summary>
    public bool IsDpop => Member == DpopKey;

    /// <summary>The member, a colon, the thumbprint: as it is stored.</summary>
    public string Text => Member + ":" + Thumbprint;

    /// <summary>Reads <see cref="Text"/>; null when it is null, or not of that form.</summary>
    public static Confirmation? Read(string? text)
    {
        int colon = text?.IndexOf(':') ?? -1;
        if (colon < 0 || !IsThumbprint(text.AsSpan(colon + 1)))
            return null;
        string? member = text.AsSpan(0, colon) switch { DpopKey => DpopKey, Certificate => Certificate, _ => null };
        return member is null ? null : new Confirmation(member, text![(colon + 1)..]);
    }

    /// <summary>Whether a text is base64url of 32 octets.</summary>
    public static bool IsThumbprint(ReadOnlySpan<char> text)
    {
        Span<byte> octets = stackalloc byte[33];
        return text.Length == ThumbprintLength && CanonicalBase64Url.TryDecode(text, octets, out int written) && written == 32;
    }
}
