using System.Text.Json;
using Evergrant.Jose;
using Evergrant.Protocol.Clients;

namespace Evergrant.Protocol.Authorize;

/// <summary>Puts the claims of a Request Object in the place of the parameters that it came with (RFC 9101 sections 5 and 6, OpenID Connect Core section 6).</summary>
public static class RequestObjects
{
    private static readonly OAuthError Invalid = new("invalid_request_object", "The Request Object is not accepted.", Refusal.RequestObjectInvalid);
    private static readonly OAuthError Nested = Invalid with { Description = "A Request Object holds neither request nor request_uri." };
    private static readonly OAuthError Mismatch = new("invalid_request_object", "client_id and response_type of the Request Object are those beside it.", Refusal.RequestObjectMismatch);

    /// <summary>Values of request_object_signing_alg that a client may register.</summary>
    public static IReadOnlyList<string> Algorithms { get; } = [.. SignatureAlgorithm.Asymmetric, RequestObject.Unsecured];

    /// <summary>Reads a request that may carry its parameters in the parameter request. One that carries request_uri is read as it is.</summary>
    /// <param name="sent">What was sent.</param>
    /// <param name="client">The client that it names; null for none.</param>
    /// <param name="keys">The client's keys; null when it has none.</param>
    /// <param name="issuer">The issuer that was asked.</param>
    /// <param name="at">When the request came in.</param>
    /// <returns>The request; with <see cref="AuthorizeRequest.Fault"/> when the object is not accepted.</returns>
    public static AuthorizeRequest Read(Parameters sent, Client? client, JwkSet? keys, string issuer, DateTimeOffset at)
    {
        if (sent["request"] is not { } text || sent["request_uri"] is not null || client is null || sent.Many("request").Count > 1) return AuthorizeRequest.Read(sent);
        return Read(text, sent, client, keys, issuer, at);
    }

    private static AuthorizeRequest Read(string text, Parameters sent, Client client, JwkSet? keys, string issuer, DateTimeOffset at)
    {
        IReadOnlyCollection<string> algorithms = client.RequestObjectSigningAlg is { } registered ? [registered] : client.IsFapi ? FapiProfile.Algorithms : SignatureAlgorithm.Asymmetric;
        JwtVerdict<RequestObject> verdict = RequestObject.Judge(text, keys, client.ClientId, issuer, algorithms, at, strict: client.IsFapi);
        if (verdict.Value is not { } inner) return Refused(sent, Invalid);
        if (inner.Parameters.ContainsKey("request") || inner.Parameters.ContainsKey("request_uri")) return Refused(sent, Nested);
        if (TextOf(inner, "client_id") is { } named && named != client.ClientId) return Refused(sent, Mismatch);
        // OpenID Connect Core section 6.1: what is sent beside the object as well says the same.
        if (TextOf(inner, "response_type") is { } type && sent["response_type"] is { } beside && type != beside) return Refused(sent, Mismatch);
        var pairs = new List<KeyValuePair<string, string>>();
        foreach ((string name, JsonElement value) in inner.Parameters)
        {
            if (name == "client_id") continue;
            if (!TryRead(name, value, pairs)) return Refused(sent, Invalid);
        }
        pairs.Add(new("client_id", client.ClientId));
        // RFC 9101 section 5 takes nothing from outside; OpenID Connect Core section 6.3.3 what the object does not say.
        if (client.MergesRequestObject) pairs.AddRange(sent.All.Where(p => p.Key is not ("request" or "client_id") && !inner.Parameters.ContainsKey(p.Key)));
        bool signed = client.RequestObjectSigningAlg != RequestObject.Unsecured;
        return AuthorizeRequest.Read(Parameters.From(pairs)) with { IsSigned = signed, JwtId = inner.JwtId, JwtExpiresAt = inner.ExpiresAt };
    }

    private static AuthorizeRequest Refused(Parameters sent, OAuthError error) => AuthorizeRequest.Read(sent) with { Fault = error };

    private static string? TextOf(RequestObject inner, string name) =>
        inner.Parameters.TryGetValue(name, out JsonElement value) ? value.ValueKind == JsonValueKind.String ? value.GetString() : "" : null;

    // RFC 9101 section 4: strings as JSON strings, numbers as JSON numbers; what is JSON as a parameter is JSON here.
    private static bool TryRead(string name, JsonElement value, List<KeyValuePair<string, string>> pairs)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                pairs.Add(new(name, value.GetString()!));
                break;
            case JsonValueKind.Array when name is "resource" or "audience":
                foreach (JsonElement one in value.EnumerateArray())
                {
                    if (one.ValueKind != JsonValueKind.String) return false;
                    pairs.Add(new(name, one.GetString()!));
                }
                break;
            case JsonValueKind.Null:
                break;
            case JsonValueKind.True or JsonValueKind.False:
                pairs.Add(new(name, value.GetBoolean() ? "true" : "false"));
                break;
            default:
                pairs.Add(new(name, value.GetRawText()));
                break;
        }
        return pairs.Count <= Parameters.MaximumCount && !pairs.Any(p => p.Value.Contains('\0'));
    }
}
