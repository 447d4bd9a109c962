using System.Text.Json;

namespace Evergrant.Jose;

/// <summary>
/// The one place where the header and the registered claims of a JWT are judged (RFC 7519 §7.2, RFC 8725 §3). A profile states its rules here and reads
/// what else it needs in the continuation; it judges none of these claims for itself.
/// </summary>
/// <remarks>
/// <code>
///  1  length, three parts, header         TooLong, NotAJws             RFC 7515 §5.2, §7.1
///  2  crit, b64                           CriticalHeader               RFC 7515 §4.1.11
///  3  typ                                 WrongType                    RFC 8725 §3.11, §3.12
///  4  alg                                 AlgorithmNotAllowed          RFC 8725 §3.1, §3.2
///  5  key, signature                      KeyUnknown, SignatureInvalid RFC 7515 §5.2
///  6  payload                             ClaimsNotJson                RFC 7519 §7.2
///  7  iss                                 IssuerWrong                  RFC 8725 §3.8
///  8  sub, where the profile fixes it     SubjectWrong                 RFC 7523 §3
///  9  aud                                 AudienceWrong                RFC 7519 §4.1.3
/// 10  exp                                 Expired                      RFC 7519 §4.1.4
/// 11  nbf                                 NotYetValid                  RFC 7519 §4.1.5
/// 12  iat                                 IssuedInTheFuture            RFC 7519 §4.1.6
/// 13  exp against now                     LifetimeTooLong              RFC 7523 §3
/// 14  the profile's own claims            ClaimMissing, ClaimMalformed
/// </code>
/// A claim that is needed at a step and absent, or of the wrong type, is ClaimMissing or ClaimMalformed at that step. Claims not understood are ignored
/// (RFC 7519 §4). Nested and encrypted JWTs are not read here: three parts only.
/// </remarks>
internal sealed record JwtRules
{
    /// <summary>The accepted <c>typ</c> values without <c>application/</c>, compared without regard to case.</summary>
    public required IReadOnlyList<string> Types { get; init; }

    /// <summary>Whether a JWT without <c>typ</c> passes; only for kinds older than explicit typing.</summary>
    public bool TypeMayBeMissing { get; init; }

    /// <summary>The accepted <c>alg</c> values.</summary>
    public required IReadOnlyCollection<string> Algorithms { get; init; }

    /// <summary>What <c>iss</c> must be, octet by octet.</summary>
    public required string Issuer { get; init; }

    /// <summary>What <c>sub</c> must be; null leaves it to the profile.</summary>
    public string? Subject { get; init; }

    /// <summary>The names of the recipient, one of which must be in <c>aud</c>; null accepts any.</summary>
    public IReadOnlyList<string>? Audiences { get; init; }

    /// <summary>Whether <c>iss</c>, <c>aud</c> and <c>exp</c> may be absent; what is there is judged all the same. For kinds that are only advised to have them.</summary>
    public bool RegisteredClaimsMayBeMissing { get; init; }

    /// <summary>Whether <c>aud</c> must have exactly one value.</summary>
    public bool SoleAudience { get; init; }

    /// <summary>Whether <c>aud</c> must be a text and no array, not even of one value (FAPI 2.0 Security Profile §5.3.2.1).</summary>
    public bool AudienceIsText { get; init; }

    /// <summary>The instant to judge at; null judges no time, only that the claims are well-formed.</summary>
    public DateTimeOffset? Now { get; init; }

    /// <summary>How far clocks may differ, for <c>exp</c>, <c>nbf</c> and <c>iat</c> alike. Not negative; minutes at most.</summary>
    public TimeSpan Leeway { get; init; }

    /// <summary>How far ahead of now <c>exp</c> may be; null for any.</summary>
    public TimeSpan? MaximumLifetime { get; init; }

    /// <summary>Judges a token; <paramref name="read"/> runs only when steps 1 to 13 hold and makes the profile's value of the claims.</summary>
    public JwtVerdict<T> Judge<T>(string token, JwkSet keys, ClaimsRead<T> read)
        where T : class
    {
        JwtFault fault = CompactJws.Read(token, out CompactJws? jws, out string? detail);
        if (fault == JwtFault.None)
            fault = HeaderFault(jws!, keys);
        if (fault != JwtFault.None)
            return new JwtVerdict<T>(null, fault, detail);
        return JudgeClaims(jws!, read);
    }

    /// <summary>Steps 6 to 14 alone, for a token whose header and signature somebody else has judged.</summary>
    public JwtVerdict<T> JudgeClaims<T>(CompactJws jws, ClaimsRead<T> read)
        where T : class
    {
        if (!StrictJson.TryParseObject(jws.Payload, out JsonDocument? document))
            return new JwtVerdict<T>(null, JwtFault.ClaimsNotJson, null);
        using (document)
        {
            var claims = new ClaimReader(document.RootElement);
            ClaimsFault(ref claims);
            T? value = claims.Fault == JwtFault.None ? read(ref claims) : null;
            return claims.Fault == JwtFault.None ? new JwtVerdict<T>(value, JwtFault.None, null) : new JwtVerdict<T>(null, claims.Fault, claims.FaultyClaim);
        }
    }

    private JwtFault HeaderFault(CompactJws jws, JwkSet keys)
    {
        if (!TypeIsAccepted(jws.Type))
            return JwtFault.WrongType;
        if (!Algorithms.Contains(jws.Algorithm) || !SignatureAlgorithm.IsSupported(jws.Algorithm))
            return JwtFault.AlgorithmNotAllowed;
        bool anyKey = false;
        foreach (Jwk key in keys.Candidates(jws.Algorithm, jws.KeyId))
        {
            if (jws.VerifiedBy(key))
                return JwtFault.None;
            anyKey = true;
        }
        return anyKey ? JwtFault.SignatureInvalid : JwtFault.KeyUnknown;
    }

    /// <summary>RFC 7515 §4.1.9: a value without a slash stands for application/ and that value; media types know no case.</summary>
    public static bool IsType(string? typ, string type)
    {
        const string Prefix = "application/";
        ReadOnlySpan<char> name = typ;
        if (name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            name = name[Prefix.Length..];
        return name.Equals(type, StringComparison.OrdinalIgnoreCase);
    }

    private bool TypeIsAccepted(string? typ)
    {
        if (typ is null)
            return TypeMayBeMissing;
        foreach (string type in Types)
        {
            if (IsType(typ, type))
                return true;
        }
        return false;
    }

    private void ClaimsFault(ref ClaimReader claims)
    {
        if (IsJudged(claims, "iss"))
            claims.Demand(claims.Text("iss") == Issuer, JwtFault.IssuerWrong);
        if (Subject is not null)
            claims.Demand(claims.Text("sub") == Subject, JwtFault.SubjectWrong);
        if (IsJudged(claims, "aud"))
            claims.Demand(AudienceIsAccepted(AudienceIsText ? [claims.Text("aud")] : claims.Texts("aud")), JwtFault.AudienceWrong);
        DateTimeOffset? expiresAt = IsJudged(claims, "exp") ? claims.Instant("exp") : null;
        claims.Demand(Now is not { } late || expiresAt is null || late - Leeway < expiresAt, JwtFault.Expired);
        DateTimeOffset? notBefore = claims.OptionalInstant("nbf");
        claims.Demand(Now is not { } early || notBefore is null || early + Leeway >= notBefore, JwtFault.NotYetValid);
        DateTimeOffset? issuedAt = claims.OptionalInstant("iat");
        claims.Demand(Now is not { } now || issuedAt is null || now + Leeway >= issuedAt, JwtFault.IssuedInTheFuture);
        claims.Demand(Now is not { } start || MaximumLifetime is not { } longest || expiresAt is null || expiresAt - start <= longest + Leeway, JwtFault.LifetimeTooLong);
    }

    private bool IsJudged(ClaimReader claims, string name) => !RegisteredClaimsMayBeMissing || claims.Has(name);

    private bool AudienceIsAccepted(IReadOnlyList<string> audience)
    {
        if (SoleAudience && audience.Count != 1)
            return false;
        if (Audiences is null)
            return true;
        foreach (string name in audience)
        {
            if (Audiences.Contains(name, StringComparer.Ordinal))
                return true;
        }
        return false;
    }
}
