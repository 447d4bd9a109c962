using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Evergrant.Fire.Explorer;

/// <summary>A PKCE verifier and its S256 challenge (RFC 7636 section 4.2).</summary>
internal sealed record CodeVerifier(string Challenge)
{
    public static CodeVerifier Of(string verifier) => new(Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))));
}
