using System.Security.Cryptography;
using System.Text;
using Evergrant.Jose;

namespace Evergrant.Protocol.Authorize;

/// <summary>Proof Key for Code Exchange (RFC 7636), method S256 only (RFC 9700 section 2.1.1).</summary>
public static class Pkce
{
    /// <summary>The one code_challenge_method.</summary>
    public const string Method = "S256";

    private static readonly OAuthError Wrong = OAuthError.InvalidGrant("The code_verifier does not match the code_challenge.", Refusal.PkceVerifierWrong);
    private static readonly OAuthError Unexpected = OAuthError.InvalidGrant("The authorization request had no code_challenge, so no code_verifier is accepted.", Refusal.PkceVerifierUnexpected);

    /// <summary>Whether a challenge is base64url of a SHA-256, as S256 makes it: 43 characters, canonical.</summary>
    /// <param name="challenge">The code_challenge parameter.</param>
    public static bool IsChallenge(string challenge) =>
        challenge.Length == 43 && CanonicalBase64Url.TryDecode(challenge, stackalloc byte[32], out int length) && length == 32;

    /// <summary>Judges the verifier of a token request against the challenge that is bound to the code.</summary>
    /// <param name="challenge">Challenge of the authorization request; null for none.</param>
    /// <param name="verifier">code_verifier; null when omitted.</param>
    /// <returns>The error, or null.</returns>
    public static OAuthError? Judge(string? challenge, string? verifier)
    {
        // RFC 9700 section 4.8.2: a verifier without a challenge is a PKCE downgrade.
        if (challenge is null) return verifier is null ? null : Unexpected;
        if (verifier is null || verifier.Length is < 43 or > 128) return Wrong;
        Span<byte> ascii = stackalloc byte[128];
        foreach (char c in verifier)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '.' or '_' or '~')) return Wrong;
        }
        int length = Encoding.ASCII.GetBytes(verifier, ascii);
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(ascii[..length], hash);
        Span<char> expected = stackalloc char[43];
        CanonicalBase64Url.TryEncode(hash, expected, out _);
        return CryptographicOperations.FixedTimeEquals(System.Runtime.InteropServices.MemoryMarshal.AsBytes(expected), System.Runtime.InteropServices.MemoryMarshal.AsBytes(challenge.AsSpan())) ? null : Wrong;
    }
}
