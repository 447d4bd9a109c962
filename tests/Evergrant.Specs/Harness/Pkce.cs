using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Evergrant.Specs.Harness;

/// <summary>Proof Key for Code Exchange (RFC 7636 section 4).</summary>
public static class Pkce
{
    /// <summary>The example of RFC 7636 appendix B.</summary>
    public const string ExampleVerifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    /// <summary>The challenge of <see cref="ExampleVerifier"/>.</summary>
    public const string ExampleChallenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    /// <summary>A verifier of 43 characters.</summary>
    public static string NewVerifier() => Random(32);

    /// <summary>The S256 challenge of a verifier.</summary>
    public static string Challenge(string verifier) => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));

    /// <summary>Random characters of the base64url alphabet.</summary>
    public static string Random(int bytes) => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(bytes));
}
