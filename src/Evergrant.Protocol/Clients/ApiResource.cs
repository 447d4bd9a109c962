namespace Evergrant.Protocol.Clients;

/// <summary>An API that access tokens are for (RFC 8707).</summary>
public sealed record ApiResource
{
    /// <summary>The resource indicator: what a client asks for and what becomes aud. An absolute URI for new ones; any string for old APIs.</summary>
    public required string Identifier { get; init; }

    /// <summary>Shown to End-Users; null shows the identifier.</summary>
    public string? Name { get; init; }

    /// <summary>The scope values that mean something to this API.</summary>
    public IReadOnlyList<ScopeDescription> Scopes { get; init; } = [];

    /// <summary>Form of its access tokens; null takes the client's.</summary>
    public AccessTokenFormat? AccessTokenFormat { get; init; }

    /// <summary>Types of authorization_details that it understands (RFC 9396); empty for none.</summary>
    public IReadOnlyList<DetailsType> DetailsTypes { get => field ?? []; init; } = []; // null in the document of an API that was stored before there were such
}

/// <summary>A scope value and what it says to a person.</summary>
/// <param name="Name">The value (RFC 6749 section 3.3).</param>
/// <param name="Description">One line on the consent page; null shows the value.</param>
/// <param name="Hidden">Whether metadata leaves it out.</param>
public sealed record ScopeDescription(string Name, string? Description = null, bool Hidden = false);
