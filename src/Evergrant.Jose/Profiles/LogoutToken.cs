namespace Evergrant.Jose;

/// <summary>A Logout Token (OpenID Connect Back-Channel Logout §2.4): what is in it, how it is written, and how a client judges it (§2.6).</summary>
public sealed record LogoutToken
{
    /// <summary>The header's <c>typ</c>.</summary>
    public const string Type = "logout+jwt";

    /// <summary>The one event that it tells.</summary>
    public const string Event = "http://schemas.openid.net/event/backchannel-logout";

    /// <summary>How long one is good (§4): two minutes.</summary>
    public static TimeSpan Lifetime { get; } = TimeSpan.FromMinutes(2);

    /// <summary><c>iss</c>.</summary>
    public required string Issuer { get; init; }

    /// <summary><c>aud</c>: the client id, alone.</summary>
    public required string Audience { get; init; }

    /// <summary><c>iat</c>; written in whole seconds.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary><c>exp</c>; written in whole seconds.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary><c>jti</c>.</summary>
    public required string JwtId { get; init; }

    /// <summary><c>sub</c>, as the client sees it; null only beside a <c>sid</c>.</summary>
    public string? Subject { get; init; }

    /// <summary><c>sid</c>; null for every session of the subject.</summary>
    public string? SessionId { get; init; }

    /// <summary>Writes and signs the token. Throws what the signer throws.</summary>
    public ValueTask<string> WriteAsync(ISigner signer, CancellationToken cancellationToken)
    {
        using ClaimWriter claims = ClaimWriter.Rent();
        claims.Text(ClaimName.Issuer, Issuer);
        claims.Text(ClaimName.Subject, Subject);
        claims.Text(ClaimName.Audience, Audience);
        claims.Instant(ClaimName.IssuedAt, IssuedAt);
        claims.Instant(ClaimName.ExpiresAt, ExpiresAt);
        claims.Text(ClaimName.JwtId, JwtId);
        claims.Text(ClaimName.SessionId, SessionId);
        claims.EmptyEvent(Event);
        return JwsWriter.WriteAsync(signer, Type, claims.Written, cancellationToken);
    }

    /// <summary>Judges a token: signature, <c>iss</c>, <c>aud</c>, time, the event, <c>sub</c> or <c>sid</c>, no <c>nonce</c>. The judge does not remember <see cref="JwtId"/>.</summary>
    /// <param name="token">The compact JWS.</param>
    /// <param name="keys">The issuer's keys.</param>
    /// <param name="issuer">What <c>iss</c> must be.</param>
    /// <param name="audience">The client id.</param>
    /// <param name="now">The instant to judge at.</param>
    public static JwtVerdict<LogoutToken> Judge(string token, JwkSet keys, string issuer, string audience, DateTimeOffset now)
    {
        var rules = new JwtRules
        {
            Types = [Type],
            // §2.4: typ is recommended only; what an ID Token lacks, the event, tells them apart.
            TypeMayBeMissing = true,
            Algorithms = SignatureAlgorithm.Asymmetric,
            Issuer = issuer,
            Audiences = [audience],
            Now = now,
            Leeway = TimeSpan.FromSeconds(30),
        };
        return rules.Judge(token, keys, Read);
    }

    private static LogoutToken Read(ref ClaimReader claims)
    {
        string? subject = claims.OptionalText("sub");
        string? session = claims.OptionalText("sid");
        claims.Demand(subject is not null || session is not null, JwtFault.ClaimMissing, "sub");
        claims.Demand(!claims.Has("nonce"), JwtFault.ClaimMalformed, "nonce");
        claims.DemandEvent(Event);
        return new LogoutToken
        {
            Issuer = claims.Text("iss"),
            Audience = claims.Texts("aud") is [string only] ? only : "",
            IssuedAt = claims.Instant("iat"),
            ExpiresAt = claims.Instant("exp"),
            JwtId = claims.Text("jti"),
            Subject = subject,
            SessionId = session,
        };
    }
}
