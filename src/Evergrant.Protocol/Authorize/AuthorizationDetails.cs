using System.Text;
using System.Text.Json;
using Evergrant.Jose;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Token;

namespace Evergrant.Protocol.Authorize;

/// <summary>authorization_details (RFC 9396): what is asked for beyond words, judged by what the APIs have declared.</summary>
public static class AuthorizationDetails
{
    private const int MaximumCount = 16;
    private const int MaximumLength = 4096;

    private static readonly OAuthError Malformed = new("invalid_authorization_details", "authorization_details is not a JSON array of objects with a type, of reasonable size.", Refusal.DetailsInvalid);
    private static readonly OAuthError UnknownType = new("invalid_authorization_details", "A type of authorization_details is unknown, or not allowed for this client.", Refusal.DetailsTypeUnknown);
    private static readonly OAuthError Unfit = new("invalid_authorization_details", "authorization_details has members that its type does not have, lacks some, or gives them other values.", Refusal.DetailsInvalid);
    private static readonly OAuthError Widened = new("invalid_authorization_details", "authorization_details exceeds what was granted.", Refusal.DetailsWidened);

    /// <summary>Reads the parameter.</summary>
    /// <param name="json">The parameter; null reads as none.</param>
    /// <returns>The objects; null when it is not an array of objects, each with a type.</returns>
    public static IReadOnlyList<JsonElement>? Parse(string? json)
    {
        if (json is null) return [];
        // Only the first character decides what the text can be; an object around it lets the strict parser judge the rest.
        if (json.Length > MaximumLength || !StrictJson.TryParseObject(Encoding.UTF8.GetBytes("{\"all\":" + json + "}"), out JsonDocument? document)) return null;
        using (document)
        {
            JsonElement root = document.RootElement;
            if (root.EnumerateObject().Count() != 1 || root.GetProperty("all") is not { ValueKind: JsonValueKind.Array } all || all.GetArrayLength() is 0 or > MaximumCount) return null;
            return all.EnumerateArray().All(o => o.ValueKind == JsonValueKind.Object && TypeOf(o) is not null) ? [.. all.EnumerateArray().Select(o => o.Clone())] : null;
        }
    }

    /// <summary>As text, for a row or a token; null for none.</summary>
    /// <param name="details">The objects.</param>
    public static string? Write(IReadOnlyList<JsonElement> details) => details.Count == 0 ? null : "[" + string.Join(',', details.Select(d => d.GetRawText())) + "]";

    /// <summary>Judges what is asked for (RFC 9396 section 5).</summary>
    /// <param name="details">The objects; null for a malformed parameter.</param>
    /// <param name="client">Who asks.</param>
    /// <param name="catalogue">What the APIs have declared.</param>
    /// <returns>The error, or null.</returns>
    public static OAuthError? Judge(IReadOnlyList<JsonElement>? details, Client client, ScopeCatalogue catalogue)
    {
        if (details is null) return Malformed;
        foreach (JsonElement one in details)
        {
            if (catalogue.OwnerOfDetails(TypeOf(one)!) is not (ApiResource owner, DetailsType type) || !MayUse(client, owner, type)) return UnknownType;
            if (!type.Accepts(one, owner.Identifier)) return Unfit;
        }
        return null;
    }

    /// <summary>Puts what was granted, or the part of it that a token request asks for, into an access token, and its APIs into the audience.</summary>
    /// <param name="granted">What was granted, as text; null for nothing.</param>
    /// <param name="request">The token request.</param>
    /// <param name="catalogue">What the APIs have declared.</param>
    /// <param name="access">The token.</param>
    /// <returns>The error, or null.</returns>
    public static OAuthError? Narrow(string? granted, TokenRequest request, ScopeCatalogue catalogue, ref TokenAudience? access)
    {
        if (granted is null) return request.Details is null ? null : Widened;
        IReadOnlyList<JsonElement> kept = Parse(granted) ?? [];
        if (request.Details is { } text)
        {
            if (Parse(text) is not { } asked) return Malformed;
            // Section 6: less than was granted, never more.
            if (!asked.All(a => kept.Any(g => Covers(g, a)))) return Widened;
            kept = asked;
        }
        access = Add(access!, kept, request.Resources, catalogue);
        return null;
    }

    /// <summary>Adds objects to what an access token allows.</summary>
    /// <param name="access">The token.</param>
    /// <param name="details">The objects.</param>
    /// <param name="named">APIs that the request for the token names; empty for none. Objects of others are left out of the token (section 9.1).</param>
    /// <param name="catalogue">What the APIs have declared.</param>
    public static TokenAudience Add(TokenAudience access, IReadOnlyList<JsonElement> details, IReadOnlyList<string> named, ScopeCatalogue catalogue)
    {
        if (details.Count == 0) return access;
        JsonElement[] meant = [.. details.Where(d => OwnerOf(d, catalogue) is { } owner && (named.Count == 0 || named.Contains(owner)))];
        string[] owners = [.. meant.Select(d => OwnerOf(d, catalogue)!).Distinct()];
        return new TokenAudience([.. access.Audience.Union(owners)], access.Scope) { Details = Write(meant) };
    }

    /// <summary>The part of a token's objects that an API may see.</summary>
    /// <param name="details">The token's, as text; null for none.</param>
    /// <param name="resources">The APIs that the caller is; empty for any.</param>
    /// <param name="catalogue">What the APIs have declared.</param>
    public static string? SeenBy(string? details, IReadOnlyList<string> resources, ScopeCatalogue catalogue) =>
        details is null || resources.Count == 0 ? details : Write([.. Parse(details)!.Where(d => OwnerOf(d, catalogue) is { } owner && resources.Contains(owner))]);

    /// <summary>The member type; null when it is not a text.</summary>
    /// <param name="one">An object.</param>
    public static string? TypeOf(JsonElement one) => one.TryGetProperty("type", out JsonElement type) && type.ValueKind == JsonValueKind.String ? type.GetString() : null;

    /// <summary>The APIs that granted objects are for; null for none.</summary>
    /// <param name="details">The objects, as text; null for none.</param>
    /// <param name="catalogue">What the APIs have declared.</param>
    public static IReadOnlyList<string>? OwnersOf(string? details, ScopeCatalogue catalogue) =>
        details is null ? null : [.. (Parse(details) ?? []).Select(d => OwnerOf(d, catalogue)).OfType<string>().Distinct()];

    private static string? OwnerOf(JsonElement one, ScopeCatalogue catalogue) => catalogue.OwnerOfDetails(TypeOf(one)!)?.Owner.Identifier;

    private static bool MayUse(Client client, ApiResource owner, DetailsType type) =>
        client.DetailsTypes.Count > 0 ? client.DetailsTypes.Contains(type.Type) : client.Resources.Contains(owner.Identifier);

    // Section 6.1: a list of texts asks for all of them, so fewer are less; everything else has to be the same.
    private static bool Covers(JsonElement granted, JsonElement asked)
    {
        if (granted.EnumerateObject().Count() != asked.EnumerateObject().Count()) return false;
        foreach (JsonProperty member in granted.EnumerateObject())
        {
            if (!asked.TryGetProperty(member.Name, out JsonElement value)) return false;
            bool within = DetailsField.IsTexts(member.Value) && DetailsField.IsTexts(value) && value.GetArrayLength() > 0
                ? value.EnumerateArray().All(v => member.Value.EnumerateArray().Any(g => g.GetString() == v.GetString()))
                : JsonElement.DeepEquals(member.Value, value);
            if (!within) return false;
        }
        return true;
    }
}
