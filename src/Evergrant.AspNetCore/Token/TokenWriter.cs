using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using Evergrant.AspNetCore.Clients;
using Evergrant.AspNetCore.Keys;
using Evergrant.Jose;
using Evergrant.Protocol;
using Evergrant.Protocol.Authorize;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Token;
using Evergrant.Protocol.UserInfo;
using Microsoft.AspNetCore.Http;

namespace Evergrant.AspNetCore.Token;

/// <summary>What goes into the tokens of an answer, read before the commit.</summary>
internal sealed record PreparedTokens(Client Client, Grant Grant, AccessToken Access, DateTimeOffset At, bool Opaque, IdToken? IdToken, Jwk? Recipient = null)
{
    /// <summary>Seconds from now to its end; null for none.</summary>
    public int? ExpiresIn => Access.NeverEnds ? null : (int)(Access.ExpiresAt - At).TotalSeconds;

    /// <summary>The device secret that goes with the ID Token; null for none.</summary>
    public string? DeviceSecret { get; init; }

    /// <summary>What is told of the refresh token.</summary>
    public RefreshTokenLife Refresh => RefreshTokenLife.Of(Grant, Client, At);
}

/// <summary>Tokens that are ready to be sent once the commit is durable.</summary>
internal sealed record SignedTokens(string AccessToken, string TokenType, int? ExpiresIn, string Scope, string? IdToken, string? IssuedTokenType = null, string? Details = null)
{
    /// <summary>What is told of the refresh token that goes with them, or was shown for them; nothing where none is.</summary>
    public RefreshTokenLife Refresh { get; init; }

    /// <summary>Name of the grant, where its client has asked for one (Grant Management section 5.5); null for none.</summary>
    public string? ManagedId { get; init; }

    /// <summary>A device secret; null for none.</summary>
    public string? DeviceSecret { get; init; }
}

/// <summary>Makes the tokens of an answer and writes it (RFC 6749 section 5.1, OpenID Connect Core section 3.1.3.3).</summary>
internal sealed class TokenWriter(KeyRings rings, PairwiseKey pairwise, IServerSecrets secrets, AccessTokenForms forms, ResponseEncryption encryption, EvergrantOptions options, TimeProvider clock)
{
    /// <summary>The sub that a client sees of an account.</summary>
    public ValueTask<Func<string, string>> SubjectsOfAsync(Client client, CancellationToken cancellationToken) => pairwise.SubjectsOfAsync(client, cancellationToken);

    /// <summary>Reads what the tokens of a grant say.</summary>
    /// <param name="site">The issuer that was asked.</param>
    /// <param name="client">The client.</param>
    /// <param name="granted">The decision.</param>
    /// <param name="bound">The key that the access token is bound to; null for a bearer token.</param>
    /// <param name="now">The instant of the decision.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Null when the account is gone.</returns>
    public async ValueTask<PreparedTokens?> PrepareAsync(IssuerSite site, Client client, Granted granted, Confirmation? bound, DateTimeOffset now, CancellationToken cancellationToken)
    {
        Grant grant = granted.Grant;
        TokenAudience audience = granted.Access;
        GrantPolicy policy = grant.PolicyOf(client);
        // What is handed out again lives on from when it was issued.
        DateTimeOffset issued = (granted as Returned)?.AccessIssuedAt ?? now;
        DateTimeOffset expires = issued + LifetimeOf(policy);
        // An access token does not outlive its authorization.
        if (grant.ExpiresAt < expires) expires = grant.ExpiresAt.Value;
        string subject = grant.Subject is null ? client.ClientId : (await SubjectsOfAsync(client, cancellationToken))(grant.Subject);
        var access = new AccessToken
        {
            Issuer = site.Issuer,
            ClientId = client.ClientId,
            Subject = subject,
            Audience = audience.Audience,
            Scope = audience.Scope,
            Details = audience.Details,
            IssuedAt = issued,
            ExpiresAt = expires,
            Id = NewId(),
            GrantId = grant.Id,
            Serial = grant.AccessSerial,
            Confirmation = bound,
            Actor = grant.Authorized.Actor,
            MayAct = grant.Subject is null ? null : MayActOf(client),
        };
        bool opaque = await forms.FormatAsync(client, policy, audience.Audience, cancellationToken) == AccessTokenFormat.Opaque;
        if (!Scope.Contains(grant.Authorized.Scope, Scope.OpenId)) return new PreparedTokens(client, grant, access, now, opaque, null);
        ClaimSet? claims = await options.Claims(new ClaimsRequest(grant.Subject!, client, grant.Authorized.Scope), cancellationToken);
        if (claims is null) return null;
        Jwk? recipient = client.IdTokenEncryption is { } choice ? await encryption.DemandAsync(client, choice, cancellationToken) : null;
        return new PreparedTokens(client, grant, access, now, opaque, IdTokenOf(site, client, grant, granted is Redeemed or Returned, subject, claims, now), recipient);
    }

    /// <summary>Makes and signs the tokens.</summary>
    public async ValueTask<SignedTokens> SignAsync(IssuerSite site, PreparedTokens prepared, CancellationToken cancellationToken)
    {
        string text = await AccessTextAsync(site, prepared, cancellationToken);
        string? idToken = null;
        if (prepared.IdToken is { } content)
        {
            string algorithm = prepared.Client.IdTokenSignedResponseAlg ?? SignatureAlgorithm.RS256;
            ISigner signer = await rings.SignerAsync(site.Issuer, algorithm, content.ExpiresAt, cancellationToken);
            idToken = await (content with { AccessTokenHash = IdToken.HashOf(text, algorithm) }).WriteAsync(signer, cancellationToken);
            if (prepared.Recipient is { } recipient) idToken = ResponseEncryption.Nest(recipient, prepared.Client.IdTokenEncryption!, idToken);
        }
        return new SignedTokens(text, prepared.Access.TokenType, prepared.ExpiresIn, prepared.Access.Scope, idToken, Details: prepared.Access.Details) { Refresh = prepared.Refresh, DeviceSecret = prepared.DeviceSecret, ManagedId = prepared.Grant.Authorized.ManagedId };
    }

    /// <summary>Makes the access token alone.</summary>
    public async ValueTask<string> AccessTextAsync(IssuerSite site, PreparedTokens prepared, CancellationToken cancellationToken)
    {
        AccessToken access = prepared.Access;
        return prepared.Opaque
            ? GrantCredential.Write(secrets.Credentials, secrets.Credentials.CurrentNumber, CredentialKind.AccessToken, prepared.Grant, access.Serial, access.ToBody())
            : await access.ToJwt(prepared.Grant.Authorized).WriteAsync(await rings.SignerAsync(site.Issuer, prepared.Client.AccessTokenSignedAlg ?? SignatureAlgorithm.ES256, access.ExpiresAt, cancellationToken), cancellationToken);
    }

    /// <summary>Answers with the tokens of a grant.</summary>
    public Task WriteAsync(HttpContext http, Granted granted, SignedTokens signed)
    {
        string? refreshToken = granted.RefreshGeneration is { } generation
            ? GrantCredential.Write(secrets.Credentials, granted.Grant.KeyNumber, CredentialKind.RefreshToken, granted.Grant, generation) : null;
        // A token that lives on unrotated is told of also where it does not stand in the answer again (section 6.1 of the draft on their expiration).
        return WriteAsync(http, granted.Name, granted.IssuedTokenType is { } type ? signed with { IssuedTokenType = type } : signed, refreshToken, refreshToken is not null || granted is Renewed ? signed.Refresh : default);
    }

    /// <summary>Answers with an access token that has no grant behind it.</summary>
    public async Task WriteAsync(HttpContext http, IssuerSite site, Client client, Issued issued, Confirmation? bound)
    {
        DateTimeOffset now = clock.GetUtcNow();
        DateTimeOffset expires = now + LifetimeOf(issued.Policy);
        if (issued.EndsAt < expires) expires = issued.EndsAt.Value;
        var access = new AccessToken
        {
            Issuer = site.Issuer,
            ClientId = client.ClientId,
            Subject = issued.Account is { } account ? (await SubjectsOfAsync(client, http.RequestAborted))(account) : issued.Subject ?? client.ClientId,
            Audience = issued.Access.Audience,
            Scope = issued.Access.Scope,
            Details = issued.Access.Details,
            IssuedAt = now,
            ExpiresAt = expires,
            Id = NewId(),
            Confirmation = bound,
            Actor = issued.Actor,
            MayAct = issued.Account is null ? null : MayActOf(client),
            OriginGrantId = issued.OriginGrantId,
            OriginSerial = issued.OriginSerial,
        };
        string text = await forms.FormatAsync(client, issued.Policy, access.Audience, http.RequestAborted) == AccessTokenFormat.Opaque
            ? SealedAccessToken.Write(secrets.Credentials, access, RandomNumberGenerator.GetBytes(12))
            : await (access.ToJwt(null) with { AuthTime = issued.AuthTime, Acr = issued.Acr, Amr = issued.Amr }).WriteAsync(await rings.SignerAsync(site.Issuer, client.AccessTokenSignedAlg ?? SignatureAlgorithm.ES256, access.ExpiresAt, http.RequestAborted), http.RequestAborted);
        await WriteAsync(http, issued.Name, new SignedTokens(text, access.TokenType, access.NeverEnds ? null : (int)(access.ExpiresAt - now).TotalSeconds, access.Scope, null, issued.IssuedTokenType, access.Details), null);
    }

    /// <summary>Answers with an assertion for another authorization server (RFC 8693 section 2.2.1: token_type N_A).</summary>
    public async Task WriteAsync(HttpContext http, IssuerSite site, Client client, AssertionIssued issued)
    {
        ClaimSet? claims = await options.Claims(new ClaimsRequest(issued.Account, client, "openid email"), http.RequestAborted);
        var assertion = new GrantAssertion
        {
            Issuer = site.Issuer,
            Subject = (await SubjectsOfAsync(client, http.RequestAborted))(issued.Account),
            Audience = [issued.Audience],
            ExpiresAt = issued.ExpiresAt,
            IssuedAt = issued.IssuedAt,
            JwtId = NewId(),
            // The other server finds its own account by it (ID-JAG section 3.1); a pairwise sub is not to be undone that way.
            More = issued.Claims(client.SubjectType == SubjectType.Public && claims is not null && claims.Claims.TryGetValue("email", out JsonElement email) ? email.GetString() : null),
            Identity = "",
        };
        ISigner signer = await rings.SignerAsync(site.Issuer, client.IdTokenSignedResponseAlg ?? SignatureAlgorithm.RS256, issued.ExpiresAt, http.RequestAborted);
        string text = await assertion.WriteAsync(signer, issued.Type, http.RequestAborted);
        await WriteAsync(http, issued.Name, new SignedTokens(text, "N_A", (int)(issued.ExpiresAt - issued.IssuedAt).TotalSeconds, issued.Scope, null, issued.TokenType), null);
    }

    private static string? MayActOf(Client client) => client.MayAct is { } actor ? new System.Text.Json.Nodes.JsonObject { ["sub"] = actor }.ToJsonString() : null;

    private Task WriteAsync(HttpContext http, string decision, SignedTokens signed, string? refreshToken, RefreshTokenLife life = default)
    {
        if (options.Development) http.Response.Headers["Evergrant-Decision"] = decision;
        var buffer = new ArrayBufferWriter<byte>(1536);
        using (var json = new Utf8JsonWriter(buffer, JsonReply.Options))
        {
            json.WriteStartObject();
            json.WriteString("access_token"u8, signed.AccessToken);
            if (signed.IssuedTokenType is not null) json.WriteString("issued_token_type"u8, signed.IssuedTokenType);
            json.WriteString("token_type"u8, signed.TokenType);
            if (signed.ExpiresIn is { } seconds) json.WriteNumber("expires_in"u8, seconds);
            if (refreshToken is not null) json.WriteString("refresh_token"u8, refreshToken);
            WriteLife(json, life);
            if (signed.Scope.Length > 0) json.WriteString("scope"u8, signed.Scope);
            if (signed.IdToken is not null) json.WriteString("id_token"u8, signed.IdToken);
            if (signed.ManagedId is not null) json.WriteString("grant_id"u8, signed.ManagedId);
            if (signed.DeviceSecret is not null) json.WriteString("device_secret"u8, signed.DeviceSecret);
            if (signed.Details is { } details)
            {
                // RFC 9396 section 7.
                json.WritePropertyName("authorization_details"u8);
                json.WriteRawValue(details);
            }
            json.WriteEndObject();
        }
        return JsonReply.WriteAsync(http, 200, buffer.WrittenMemory);
    }

    /// <summary>Writes the ends of a refresh token beside it.</summary>
    public static void WriteLife(Utf8JsonWriter json, RefreshTokenLife life)
    {
        if (life.Timeout is { } timeout) json.WriteNumber("refresh_token_timeout"u8, timeout);
        if (life.Authorization is { } authorization) json.WriteNumber("authorization_expires_in"u8, authorization);
    }

    private static IdToken IdTokenOf(IssuerSite site, Client client, Grant grant, bool first, string subject, ClaimSet claims, DateTimeOffset now)
    {
        Authorized authorized = grant.Authorized;
        ClaimsParameter requested = ClaimsParameter.Parse(authorized.Claims) ?? ClaimsParameter.None;
        // OpenID Connect Core section 5.4 sends the claims of scopes to UserInfo; most client libraries look for them here.
        IEnumerable<string> scopes = client.ClaimsInIdToken ? Scope.Split(authorized.Scope) : [];
        return new IdToken
        {
            Issuer = site.Issuer,
            Subject = subject,
            Audience = client.ClientId,
            IssuedAt = now,
            ExpiresAt = now + grant.PolicyOf(client).IdTokenLifetime,
            AuthTime = authorized.AuthTime,
            // Section 12.2: a refreshed ID Token has no nonce.
            Nonce = first ? authorized.Nonce : null,
            Acr = authorized.Acr,
            Amr = authorized.Amr,
            SessionId = authorized.SessionId,
            Claims = ClaimRules.Select(claims.Claims, scopes, requested.IdToken),
        };
    }

    /// <summary>The life of one access token; a draw where the policy has a range.</summary>
    private static TimeSpan LifetimeOf(GrantPolicy policy)
    {
        if (policy.AccessTokenLifetime is not { } least) return AccessToken.Endless;
        return policy.AccessTokenLifetimeMost is { } most && most > least ? least + TimeSpan.FromSeconds(RandomNumberGenerator.GetInt32((int)(most - least).TotalSeconds + 1)) : least;
    }

    private static string NewId()
    {
        Span<byte> random = stackalloc byte[20];
        RandomPool.Fill(random);
        return CanonicalBase64Url.Encode(random);
    }
}
