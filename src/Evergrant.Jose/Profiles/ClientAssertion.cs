using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Evergrant.Jose;

/// <summary>
/// The JWT by which a client authenticates with its private key (RFC 7523 §3, draft-ietf-oauth-rfc7523bis §4, OpenID Connect Core §9).
/// The judge does not remember <see cref="JwtId"/>; whoever authenticates must refuse one seen before, until <see cref="ExpiresAt"/> and the leeway have passed.
/// </summary>
public sealed record ClientAssertion
{
    /// <summary>The header's <c>typ</c> that the draft gives it; <c>JWT</c> and no <c>typ</c> are accepted as well.</summary>
    public const string Type = "client-authentication+jwt";

    private const int MaxJwtIdLength = 255;

    /// <summary>How far ahead <c>exp</c> may be, and so how long a <c>jti</c> needs to be remembered: one hour.</summary>
    public static TimeSpan MaximumLifetime { get; } = TimeSpan.FromHours(1);

    /// <summary>How far the client's clock may differ: 30 seconds.</summary>
    public static TimeSpan Leeway { get; } = TimeSpan.FromSeconds(30);

    /// <summary><c>iss</c> and <c>sub</c>, which are the same.</summary>
    public required string ClientId { get; init; }

    /// <summary><c>aud</c>: the authorization server, by its issuer identifier.</summary>
    public required IReadOnlyList<string> Audience { get; init; }

    /// <summary><c>exp</c>; written in whole seconds.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary><c>jti</c>: 1 to 255 characters, never used twice.</summary>
    public required string JwtId { get; init; }

    /// <summary><c>iat</c>; null when the client did not say.</summary>
    public DateTimeOffset? IssuedAt { get; init; }

    /// <summary>Writes and signs the assertion. Throws what the signer throws.</summary>
    public ValueTask<string> WriteAsync(ISigner signer, CancellationToken cancellationToken)
    {
        using ClaimWriter claims = ClaimWriter.Rent();
        claims.Text(ClaimName.Issuer, ClientId);
        claims.Text(ClaimName.Subject, ClientId);
        claims.Audience(Audience);
        claims.Instant(ClaimName.ExpiresAt, ExpiresAt);
        claims.Instant(ClaimName.IssuedAt, IssuedAt);
        claims.Text(ClaimName.JwtId, JwtId);
        return JwsWriter.WriteAsync(signer, Type, claims.Written, cancellationToken);
    }

    /// <summary>Judges an assertion: <c>iss</c> = <c>sub</c> = the client, <c>aud</c> this server, <c>exp</c> ahead but not too far, <c>jti</c> there.</summary>
    /// <param name="assertion">The compact JWS.</param>
    /// <param name="keys">The client's registered keys. A <c>kid</c> in the header narrows them; without one every key that fits is tried.</param>
    /// <param name="clientId">The client that the request names, or that <see cref="TryPeekClientId"/> found.</param>
    /// <param name="audiences">The names of this server that are accepted.</param>
    /// <param name="algorithms">The algorithms that the client may use; the HMAC algorithms and <c>none</c> are refused even when listed.</param>
    /// <param name="now">The instant to judge at.</param>
    /// <param name="soleAudience">Whether <c>aud</c> must be one value (rfc7523bis §4); false for clients that send several.</param>
    /// <param name="textAudience">Whether that value must be a text by itself, in no array (FAPI 2.0 Security Profile §5.3.2.1).</param>
    public static JwtVerdict<ClientAssertion> Judge(string assertion, JwkSet keys, string clientId, IReadOnlyList<string> audiences,
        IReadOnlyCollection<string> algorithms, DateTimeOffset now, bool soleAudience = true, bool textAudience = false)
    {
        var rules = new JwtRules
        {
            Types = [Type, "JWT"],
            TypeMayBeMissing = true,
            Algorithms = algorithms,
            Issuer = clientId,
            Subject = clientId,
            Audiences = audiences,
            SoleAudience = soleAudience,
            AudienceIsText = textAudience,
            Now = now,
            Leeway = Leeway,
            MaximumLifetime = MaximumLifetime,
        };
        return rules.Judge(assertion, keys, Read);
    }

    /// <summary>
    /// Who the assertion says it is from, when the request does not name the client: <c>sub</c>, provided <c>iss</c> is the same. Nothing is verified:
    /// the answer is good for looking up the client whose keys then judge, and for nothing else.
    /// </summary>
    public static bool TryPeekClientId(string assertion, [NotNullWhen(true)] out string? clientId)
    {
        clientId = null;
        if (!CompactJws.TryParse(assertion, out CompactJws? jws, out _) || !StrictJson.TryParseObject(jws.Payload, out JsonDocument? document))
            return false;
        using (document)
        {
            var claims = new ClaimReader(document.RootElement);
            string subject = claims.Text("sub");
            if (claims.Text("iss") == subject && claims.Fault == JwtFault.None)
                clientId = subject;
        }
        return clientId is not null;
    }

    private static ClientAssertion Read(ref ClaimReader claims)
    {
        string jwtId = claims.Text("jti");
        claims.Demand(jwtId.Length <= MaxJwtIdLength, JwtFault.ClaimMalformed, "jti");
        return new ClientAssertion
        {
            ClientId = claims.Text("sub"),
            Audience = claims.Texts("aud"),
            ExpiresAt = claims.Instant("exp"),
            IssuedAt = claims.OptionalInstant("iat"),
            JwtId = jwtId,
        };
    }
}
