namespace Evergrant.AspNetCore.Outbound;

/// <summary>What is known of a document before it is fetched: how large it may be, what it is, how long it is kept.</summary>
/// <param name="Name">For the log.</param>
/// <param name="LargestBytes">Size at most.</param>
/// <param name="MediaTypes">Media types it may have; */*+json stands for every type that ends so.</param>
/// <param name="UsualAge">How long it is kept when its server says nothing.</param>
/// <param name="LeastAge">How long it is kept at least, whatever its server says.</param>
/// <param name="MostAge">How long it is kept at most, also when it cannot be fetched again.</param>
/// <param name="FailureAge">How long a failure is remembered.</param>
internal sealed record DocumentKind(
    string Name, int LargestBytes, IReadOnlyList<string> MediaTypes, TimeSpan UsualAge, TimeSpan LeastAge, TimeSpan MostAge, TimeSpan FailureAge)
{
    /// <summary>Keys of a client or of a trusted issuer (RFC 7517 section 8.5).</summary>
    public static DocumentKind Keys { get; } = new(
        "jwks_uri", 64 * 1024, ["application/json", "application/jwk-set+json", "*/*+json"], TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(1), TimeSpan.FromDays(1), TimeSpan.FromSeconds(15));

    /// <summary>A client's own metadata (draft-ietf-oauth-client-id-metadata-document section 4). What failed is not remembered (section 4.4).</summary>
    public static DocumentKind ClientMetadata { get; } = new(
        "client_id", 5 * 1024, ["application/json", "*/*+json"], TimeSpan.FromHours(1), TimeSpan.FromMinutes(1), TimeSpan.FromDays(1), TimeSpan.Zero);

    /// <summary>The redirect URIs of a sector (OpenID Connect Registration section 5); asked for at registration, not kept.</summary>
    public static DocumentKind Sector { get; } = new(
        "sector_identifier_uri", 64 * 1024, ["application/json", "*/*+json"], TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero);

    /// <summary>A request object by reference (RFC 9101 section 5.2.3); not kept.</summary>
    public static DocumentKind RequestObject { get; } = new(
        "request_uri", 64 * 1024, ["application/oauth-authz-req+jwt", "application/jwt", "application/jose", "text/plain"], TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero);

    /// <summary>Whether a media type is one of them.</summary>
    /// <param name="type">Without parameters, in lower case.</param>
    public bool Accepts(string type) => MediaTypes.Contains(type) || (type.EndsWith("+json", StringComparison.Ordinal) && MediaTypes.Contains("*/*+json"));

    /// <summary>How long a document is kept that was fetched just now.</summary>
    /// <param name="document">The document.</param>
    public TimeSpan AgeOf(FetchedDocument document) => document.MaxAge is not { } said ? UsualAge : said < LeastAge ? LeastAge : said > MostAge ? MostAge : said;
}
