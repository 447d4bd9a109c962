using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Evergrant.Jose;
using Evergrant.Protocol.Grants;

namespace Evergrant.Protocol.Token;

/// <summary>What an access token says, whatever its form.</summary>
public sealed record AccessToken
{
    private const string DetailsClaim = "authorization_details";

    /// <summary>Issuer.</summary>
    public required string Issuer { get; init; }

    /// <summary>The client it was issued to.</summary>
    public required string ClientId { get; init; }

    /// <summary>The sub it shows: of the End-User as the client sees them, or the client's id where there is none.</summary>
    public required string Subject { get; init; }

    /// <summary>Audience, never empty.</summary>
    public required IReadOnlyList<string> Audience { get; init; }

    /// <summary>Space-delimited scope values; empty for none.</summary>
    public required string Scope { get; init; }

    /// <summary>Objects of authorization_details as a JSON array (RFC 9396 section 9); null for none.</summary>
    public string? Details { get; init; }

    /// <summary>When it was issued.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>When it ends.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Its id: jti, or for an opaque token the text itself. Only its hash is ever stored.</summary>
    public required string Id { get; init; }

    /// <summary>jti of its JWT form; null for an opaque token, whose id is a secret.</summary>
    public string? JwtId { get; init; }

    /// <summary>The grant behind it; null for client credentials.</summary>
    public Guid? GrantId { get; init; }

    /// <summary>Its serial in the grant.</summary>
    public int Serial { get; init; }

    /// <summary>The grant that it ends with though it is not a token of it: that of the token it was exchanged for; null for none.</summary>
    public Guid? OriginGrantId { get; init; }

    /// <summary>Serial in that grant.</summary>
    public int OriginSerial { get; init; }

    /// <summary>Who acts, as JSON (RFC 8693 section 4.1); null for the subject alone.</summary>
    public string? Actor { get; init; }

    /// <summary>Who may act for the subject, as JSON (section 4.4); null for nobody in particular.</summary>
    public string? MayAct { get; init; }

    /// <summary>The key that it is bound to; null for a bearer token.</summary>
    public Confirmation? Confirmation { get; init; }

    /// <summary>token_type (RFC 6749 section 7.1, RFC 9449 section 5).</summary>
    public string TokenType => Confirmation is { IsDpop: true } ? "DPoP" : "Bearer";

    /// <summary>What is counted for a life without end.</summary>
    public static TimeSpan Endless { get; } = TimeSpan.FromDays(365_000);

    /// <summary>Whether it was issued without an end; the instant in <see cref="ExpiresAt"/> then says nothing.</summary>
    public bool NeverEnds => ExpiresAt - IssuedAt >= Endless;

    /// <summary>Hash under which a single token is put on the list of the dead.</summary>
    public byte[] DenialKey() => SHA256.HashData(Encoding.UTF8.GetBytes(Id));

    /// <summary>The claims of its JWT form (RFC 9068 section 2.2).</summary>
    /// <param name="authorized">The authorization behind it, for auth_time, acr and amr; null for none.</param>
    public JwtAccessToken ToJwt(Authorized? authorized) => new()
    {
        Issuer = Issuer,
        Subject = Subject,
        Audience = Audience,
        ClientId = ClientId,
        IssuedAt = IssuedAt,
        ExpiresAt = ExpiresAt,
        JwtId = Id,
        Scope = Scope.Length == 0 ? null : Scope,
        GrantId = GrantId is { } id ? id.ToString("N") : null,
        GrantSerial = GrantId is null ? null : Serial,
        AuthTime = authorized?.AuthTime,
        Acr = authorized?.Acr,
        Amr = authorized?.Amr,
        Confirmation = Confirmation,
        More = Actor is null && MayAct is null && OriginGrantId is null && Details is null ? null : Further(),
    };

    private Dictionary<string, JsonElement> Further()
    {
        var more = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        if (Actor is not null) more["act"] = JsonElement.Parse(Actor);
        if (MayAct is not null) more["may_act"] = JsonElement.Parse(MayAct);
        if (OriginGrantId is { } origin)
        {
            more["origin_grant_id"] = JsonElement.Parse($"\"{origin:N}\"");
            more["origin_grant_serial"] = JsonElement.Parse(OriginSerial.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }
        if (Details is not null) more[DetailsClaim] = JsonElement.Parse(Details);
        return more;
    }

    private static string? ObjectOf(IReadOnlyDictionary<string, JsonElement>? claims, string name) =>
        claims?.TryGetValue(name, out JsonElement claim) == true && claim.ValueKind == JsonValueKind.Object ? claim.GetRawText() : null;

    /// <summary>Reads the claims of a JWT access token that has been judged.</summary>
    /// <param name="jwt">The token.</param>
    public static AccessToken Of(JwtAccessToken jwt) => new()
    {
        Issuer = jwt.Issuer,
        Subject = jwt.Subject,
        Audience = jwt.Audience,
        ClientId = jwt.ClientId,
        IssuedAt = jwt.IssuedAt,
        ExpiresAt = jwt.ExpiresAt,
        Id = jwt.JwtId,
        JwtId = jwt.JwtId,
        Scope = jwt.Scope ?? "",
        Details = jwt.More?.TryGetValue(DetailsClaim, out JsonElement details) == true ? details.GetRawText() : null,
        GrantId = Guid.TryParseExact(jwt.GrantId, "N", out Guid id) ? id : null,
        Serial = jwt.GrantSerial ?? 0,
        Confirmation = jwt.Confirmation,
        Actor = ObjectOf(jwt.More, "act"),
        MayAct = ObjectOf(jwt.More, "may_act"),
        OriginGrantId = jwt.More?.TryGetValue("origin_grant_id", out JsonElement origin) == true && Guid.TryParseExact(origin.GetString(), "N", out Guid originId) ? originId : null,
        OriginSerial = jwt.More?.TryGetValue("origin_grant_serial", out JsonElement serial) == true ? serial.GetInt32() : 0,
    };

    /// <summary>The body of its opaque form: what the grant's row does not say.</summary>
    public byte[] ToBody()
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("iat", IssuedAt.ToUnixTimeSeconds());
            json.WriteNumber("exp", ExpiresAt.ToUnixTimeSeconds());
            json.WriteString("sub", Subject);
            json.WriteString("scope", Scope);
            json.WriteStartArray("aud");
            foreach (string audience in Audience) json.WriteStringValue(audience);
            json.WriteEndArray();
            if (Confirmation is not null) json.WriteString("cnf", Confirmation.Text);
            if (Details is not null)
            {
                json.WritePropertyName(DetailsClaim);
                json.WriteRawValue(Details);
            }
            if (Actor is not null) json.WriteString("act", Actor);
            if (MayAct is not null) json.WriteString("may_act", MayAct);
            if (OriginGrantId is { } origin)
            {
                json.WriteString("origin", origin);
                json.WriteNumber("origin_serial", OriginSerial);
            }
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads the body of an opaque token whose tag, or seal, has been checked.</summary>
    /// <param name="body">The body.</param>
    /// <param name="text">The token's text.</param>
    /// <param name="issuer">Issuer.</param>
    /// <param name="clientId">Client.</param>
    /// <param name="grantId">Grant; null for none.</param>
    /// <param name="serial">Serial.</param>
    public static AccessToken OfBody(ReadOnlySpan<byte> body, string text, string issuer, string clientId, Guid? grantId, int serial)
    {
        using var document = JsonDocument.Parse(body.ToArray());
        JsonElement root = document.RootElement;
        return new AccessToken
        {
            Issuer = issuer,
            ClientId = clientId,
            Subject = root.GetProperty("sub").GetString()!,
            Audience = [.. root.GetProperty("aud").EnumerateArray().Select(a => a.GetString()!)],
            Scope = root.GetProperty("scope").GetString()!,
            Details = root.TryGetProperty(DetailsClaim, out JsonElement details) ? details.GetRawText() : null,
            IssuedAt = DateTimeOffset.FromUnixTimeSeconds(root.GetProperty("iat").GetInt64()),
            ExpiresAt = DateTimeOffset.FromUnixTimeSeconds(root.GetProperty("exp").GetInt64()),
            Id = text,
            GrantId = grantId,
            Serial = serial,
            Confirmation = root.TryGetProperty("cnf", out JsonElement bound) ? Confirmation.Read(bound.GetString()) : null,
            Actor = root.TryGetProperty("act", out JsonElement actor) ? actor.GetString() : null,
            MayAct = root.TryGetProperty("may_act", out JsonElement mayAct) ? mayAct.GetString() : null,
            OriginGrantId = root.TryGetProperty("origin", out JsonElement origin) ? origin.GetGuid() : null,
            OriginSerial = root.TryGetProperty("origin_serial", out JsonElement originSerial) ? originSerial.GetInt32() : 0,
        };
    }
}
