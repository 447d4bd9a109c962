using System.Globalization;
using System.Text.Json;
using Evergrant.Jose;
using Evergrant.Protocol.Clients;

namespace Evergrant.Protocol.BackchannelAuthentication;

/// <summary>An authentication request over the back channel (CIBA Core section 7.1), read and judged as far as it can be without knowing the End-User.</summary>
public sealed record BackchannelRequest
{
    /// <summary>Names of the hints; exactly one is sent.</summary>
    public static IReadOnlyList<string> Hints { get; } = ["login_hint", "login_hint_token", "id_token_hint"];

    /// <summary>Algorithms of signed requests: those that FAPI-CIBA section 7.10 leaves.</summary>
    public static IReadOnlyList<string> SigningAlgorithms { get; } = [SignatureAlgorithm.ES256, SignatureAlgorithm.PS256];

    private const int LongestMessage = 64;
    private const int LongestNotificationToken = 1024;

    private static readonly OAuthError NotAllowed = new("unauthorized_client", "The client may not authenticate users over the back channel.", Refusal.GrantTypeNotAllowed);
    private static readonly OAuthError Repeated = OAuthError.InvalidRequest("A parameter was sent more than once.", Refusal.ParameterRepeated);
    private static readonly OAuthError Unsigned = OAuthError.InvalidRequest("The client is registered for signed requests.", Refusal.RequestObjectInvalid);
    private static readonly OAuthError BadObject = OAuthError.InvalidRequest("The signed request is not accepted.", Refusal.RequestObjectInvalid);
    private static readonly OAuthError Beside = OAuthError.InvalidRequest("A signed request has all its parameters in the JWT.", Refusal.RequestObjectInvalid);
    private static readonly OAuthError NoOpenId = OAuthError.InvalidScope("scope must contain openid.", Refusal.ScopeInvalid);
    private static readonly OAuthError OneHint = OAuthError.InvalidRequest("Exactly one of login_hint, login_hint_token and id_token_hint is sent.", Refusal.LoginHintAmbiguous);
    private static readonly OAuthError NoToken = OAuthError.InvalidRequest("client_notification_token is missing.", Refusal.ParameterMissing);
    private static readonly OAuthError BadToken = OAuthError.InvalidRequest("client_notification_token has at most 1,024 characters of a bearer token.", Refusal.ParameterInvalid);
    private static readonly OAuthError BadExpiry = OAuthError.InvalidRequest("requested_expiry is a positive whole number.", Refusal.ParameterInvalid);
    private static readonly OAuthError NoMessage = OAuthError.InvalidRequest("binding_message or authorization_details is missing.", Refusal.ParameterMissing);
    private static readonly OAuthError BadMessage = new("invalid_binding_message", "binding_message has 1 to 64 letters, digits, spaces and plain punctuation.", Refusal.BindingMessageInvalid);

    // What stands in a request beside a signed one: who the client is, and how it proves it.
    private static readonly string[] OfClient = ["request", "client_id", "client_secret", "client_assertion", "client_assertion_type"];

    /// <summary>The parameters, of the form or of the JWT.</summary>
    public required Parameters Parameters { get; init; }

    /// <summary>The one hint: its name and value.</summary>
    public required KeyValuePair<string, string> Hint { get; init; }

    /// <summary>What both devices show; null for nothing.</summary>
    public string? BindingMessage => Parameters["binding_message"];

    /// <summary>The bearer token of the client's notification endpoint; null for poll.</summary>
    public string? NotificationToken { get; init; }

    /// <summary>requested_expiry; null when not sent.</summary>
    public TimeSpan? Expiry { get; init; }

    /// <summary>jti of a signed request; null for a plain one.</summary>
    public string? JwtId { get; init; }

    /// <summary>exp of a signed request.</summary>
    public DateTimeOffset? JwtExpiresAt { get; init; }

    /// <summary>Reads a request.</summary>
    /// <param name="form">The form.</param>
    /// <param name="client">The authenticated client.</param>
    /// <param name="keys">Its keys; null for none.</param>
    /// <param name="issuer">The issuer that was asked.</param>
    /// <param name="now">The instant.</param>
    /// <param name="request">The request.</param>
    /// <returns>The error, or null.</returns>
    public static OAuthError? Read(Parameters form, Client client, JwkSet? keys, string issuer, DateTimeOffset now, out BackchannelRequest? request)
    {
        request = null;
        if (client.TokenDeliveryMode == TokenDeliveryMode.None || client.IsPublic) return NotAllowed;
        if (form.Repeated is not null) return Repeated;
        Parameters parameters = form;
        BackchannelRequestObject? signed = null;
        if (form["request"] is { } text)
        {
            if (client.BackchannelSigningAlg is not { } algorithm || keys is null) return BadObject;
            // CIBA Core section 7.1.1: nothing beside it.
            if (form.All.Any(p => !OfClient.Contains(p.Key))) return Beside;
            signed = BackchannelRequestObject.Judge(text, keys, client.ClientId, issuer, algorithm, now).Value;
            if (signed is null || !TryFlatten(signed, out parameters!)) return BadObject;
        }
        else if (client.BackchannelSigningAlg is not null) return Unsigned;
        if (!Scope.TryParse(parameters["scope"] ?? "", out IReadOnlyList<string>? scopes) || !scopes.Contains(Scope.OpenId)) return NoOpenId;
        KeyValuePair<string, string>[] hints = [.. parameters.All.Where(p => Hints.Contains(p.Key))];
        if (hints.Length != 1) return OneHint;
        string? token = parameters["client_notification_token"];
        if (client.TokenDeliveryMode != TokenDeliveryMode.Poll && token is null) return NoToken;
        if (token is not null && (token.Length > LongestNotificationToken || !IsBearer(token))) return BadToken;
        TimeSpan? expiry = null;
        if (parameters["requested_expiry"] is { } asked)
        {
            if (!int.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out int seconds) || seconds < 1) return BadExpiry;
            expiry = TimeSpan.FromSeconds(seconds);
        }
        // FAPI-CIBA section 5.2.2: whoever answers sees what it is about.
        if (client.IsFapi && (parameters["binding_message"] ?? parameters["authorization_details"]) is null) return NoMessage;
        if (parameters["binding_message"] is { } message && !IsPlain(message)) return BadMessage;
        request = new BackchannelRequest
        {
            Parameters = parameters,
            Hint = hints[0],
            NotificationToken = client.TokenDeliveryMode == TokenDeliveryMode.Poll ? null : token,
            Expiry = expiry,
            JwtId = signed?.JwtId,
            JwtExpiresAt = signed?.ExpiresAt,
        };
        return null;
    }

    // RFC 6750 section 2.1, b64token.
    private static bool IsBearer(string token) => token.TrimEnd('=') is { Length: > 0 } body && body.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '~' or '+' or '/');

    private static bool IsPlain(string message) =>
        message.Length <= LongestMessage && message.Trim().Length > 0 && message.All(c => char.IsLetterOrDigit(c) || c is ' ' or '-' or '.' or ',' or ':' or '#' or '/' or '(' or ')' or '+' or '_' or '*' or '!' or '?');

    private static bool TryFlatten(BackchannelRequestObject signed, out Parameters? parameters)
    {
        var pairs = new List<KeyValuePair<string, string>>();
        parameters = null;
        foreach ((string name, JsonElement value) in signed.Parameters)
        {
            if (name is "request" or "request_uri") return false;
            if (value.ValueKind == JsonValueKind.String) pairs.Add(new(name, value.GetString()!));
            // Section 7.1.1: requested_expiry is a text or a number.
            else if (value.ValueKind == JsonValueKind.Number && name == "requested_expiry") pairs.Add(new(name, value.GetRawText()));
            // RFC 9396 section 3: the array as it is, not as text.
            else if (value.ValueKind == JsonValueKind.Array && name == "authorization_details") pairs.Add(new(name, value.GetRawText()));
            else if (BackchannelNames.Contains(name)) return false;
        }
        if (pairs.Count > Parameters.MaximumCount || pairs.Any(p => p.Value.Contains('\0'))) return false;
        parameters = Parameters.From(pairs);
        return true;
    }

    private static readonly string[] BackchannelNames = ["scope", "client_notification_token", "acr_values", "login_hint", "login_hint_token", "id_token_hint", "binding_message", "user_code", "requested_expiry", "resource", "authorization_details"];
}
