using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Evergrant.Jose;

/// <summary>The JWT in which somebody whom the server trusts vouches for the metadata of a client (RFC 7591 §2.3).</summary>
public sealed record SoftwareStatement
{
    /// <summary><c>iss</c>: who vouches.</summary>
    public required string Issuer { get; init; }

    /// <summary>All claims; those with the name of a client metadata member are its value.</summary>
    public required JsonElement Claims { get; init; }

    /// <summary>Writes and signs a statement. Throws what the signer throws.</summary>
    /// <param name="signer">Who vouches.</param>
    /// <param name="claims">The claims as a JSON object with <c>iss</c>, UTF-8.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static ValueTask<string> WriteAsync(ISigner signer, ReadOnlyMemory<byte> claims, CancellationToken cancellationToken) => JwsWriter.WriteAsync(signer, "JWT", claims, cancellationToken);

    /// <summary>Judges a statement: signature and <c>iss</c>; <c>aud</c>, <c>exp</c> and <c>nbf</c> where it has them.</summary>
    /// <param name="statement">The compact JWS.</param>
    /// <param name="keys">Keys of the trusted issuer.</param>
    /// <param name="issuer">The trusted issuer.</param>
    /// <param name="audience">This server's issuer identifier.</param>
    /// <param name="now">The instant to judge at.</param>
    public static JwtVerdict<SoftwareStatement> Judge(string statement, JwkSet keys, string issuer, string audience, DateTimeOffset now)
    {
        var rules = new JwtRules
        {
            Types = ["JWT", "software-statement+jwt"], TypeMayBeMissing = true, Algorithms = SignatureAlgorithm.Asymmetric, Issuer = issuer, Audiences = [audience],
            RegisteredClaimsMayBeMissing = true, Now = now, Leeway = TimeSpan.FromSeconds(30),
        };
        return rules.Judge(statement, keys, (ref ClaimReader claims) => new SoftwareStatement { Issuer = claims.Text("iss"), Claims = claims.Copy() });
    }

    /// <summary>Who the statement says has made it. Nothing is verified: good for finding the keys that then judge, and for nothing else.</summary>
    /// <param name="statement">The compact JWS.</param>
    /// <param name="issuer"><c>iss</c>.</param>
    public static bool TryPeekIssuer(string statement, [NotNullWhen(true)] out string? issuer)
    {
        issuer = null;
        if (!CompactJws.TryParse(statement, out CompactJws? jws, out _) || !StrictJson.TryParseObject(jws.Payload, out JsonDocument? document)) return false;
        using (document)
        {
            var claims = new ClaimReader(document.RootElement);
            string text = claims.Text("iss");
            if (claims.Fault == JwtFault.None) issuer = text;
        }
        return issuer is not null;
    }
}
