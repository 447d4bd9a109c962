using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Evergrant.AspNetCore.Outbound;
using Evergrant.Jose;
using Evergrant.Protocol;
using Microsoft.AspNetCore.Http;

namespace Evergrant.AspNetCore.Registration;

/// <summary>Reads what a client says of itself: the body, and the software statement in it, whose values come before the client's own (RFC 7591 section 3.1.1).</summary>
internal sealed class RegistrationReader(EvergrantOptions options, RemoteKeys keys, TimeProvider clock)
{
    private static readonly OAuthError WrongType = new("invalid_client_metadata", "The body must be application/json.", Refusal.ContentTypeWrong);
    private static readonly OAuthError TooLarge = new("invalid_client_metadata", "The body is too large.", Refusal.RequestTooLarge);
    private static readonly OAuthError Malformed = new("invalid_client_metadata", "The body must be a JSON object in which each member occurs once.", Refusal.RegistrationInvalid);
    private static readonly OAuthError BadStatement = new("invalid_software_statement", "The software statement is not a JWT that its issuer has signed.", Refusal.SoftwareStatementInvalid);
    private static readonly OAuthError Unapproved = new("unapproved_software_statement", "The software statement is of an issuer that is not trusted here.", Refusal.SoftwareStatementUnapproved);
    private static readonly OAuthError StatementNeeded = new("unapproved_software_statement", "A software statement of a trusted issuer is needed.", Refusal.SoftwareStatementUnapproved);

    /// <summary>Reads the body.</summary>
    /// <param name="http">The request.</param>
    /// <param name="limit">Bytes at most.</param>
    public static async ValueTask<(JsonDocument? Body, OAuthError? Error)> BodyAsync(HttpContext http, int limit)
    {
        string type = http.Request.ContentType?.Split(';')[0].Trim() ?? "";
        if (!type.Equals("application/json", StringComparison.OrdinalIgnoreCase)) return (null, WrongType);
        (JsonDocument? document, bool tooLarge) = await BodyReader.ReadAsync(http, limit, static body => StrictJson.TryParseObject(body.ToArray(), out JsonDocument? parsed) ? parsed : null);
        return document is not null ? (document, null) : (null, tooLarge ? TooLarge : Malformed);
    }

    /// <summary>The metadata with the values of the software statement in them.</summary>
    /// <param name="issuer">The issuer that was asked: where a statement has an audience, it is this.</param>
    /// <param name="body">The body.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The metadata, and the statement byte for byte where it counts; or the error.</returns>
    public async ValueTask<(JsonDocument? Metadata, string? Statement, OAuthError? Error)> WithStatementAsync(string issuer, JsonDocument body, CancellationToken cancellationToken)
    {
        bool there = body.RootElement.TryGetProperty("software_statement", out JsonElement member) && member.ValueKind != JsonValueKind.Null;
        // Where nobody's statements are trusted they are not looked at (section 3.1.1).
        if (!there || options.Registration.SoftwareStatements.Count == 0) return options.Registration.SoftwareStatementRequired ? (null, null, StatementNeeded) : (body, null, null);
        if (member.ValueKind != JsonValueKind.String || member.GetString() is not { } statement || !SoftwareStatement.TryPeekIssuer(statement, out string? claimed)) return (null, null, BadStatement);
        if (options.Registration.SoftwareStatements.FirstOrDefault(s => s.Issuer == claimed) is not { } trusted) return (null, null, Unapproved);
        string? keyId = CompactJws.TryParse(statement, out CompactJws? jws, out _) ? jws.KeyId : null;
        if (await keys.FindAsync(trusted.JwksUri, keyId, cancellationToken) is not { } found
            || SoftwareStatement.Judge(statement, found, trusted.Issuer, issuer, clock.GetUtcNow()).Value is not { } value)
        {
            return (null, null, BadStatement);
        }
        var merged = new JsonObject();
        foreach (JsonProperty own in body.RootElement.EnumerateObject().Where(m => m.Name != "software_statement")) merged[own.Name] = JsonNode.Parse(own.Value.GetRawText());
        foreach (JsonProperty said in value.Claims.EnumerateObject().Where(c => c.Name is not ("iss" or "sub" or "aud" or "exp" or "nbf" or "iat" or "jti"))) merged[said.Name] = JsonNode.Parse(said.Value.GetRawText());
        return (JsonDocument.Parse(merged.ToJsonString()), statement, null);
    }
}
