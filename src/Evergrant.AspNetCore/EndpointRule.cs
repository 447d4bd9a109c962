namespace Evergrant.AspNetCore;

/// <summary>What an endpoint declares about itself. A test walks all routes and fails on one without a declaration.</summary>
public sealed record EndpointRule
{
    /// <summary>Name for logs, metrics and events: the folder word, e.g. Token.</summary>
    public required string Name { get; init; }

    /// <summary>Where it comes from, e.g. "RFC 6749 section 3.2".</summary>
    public required string Source { get; init; }

    /// <summary>Who may call it.</summary>
    public required Caller Caller { get; init; }

    /// <summary>Which origins' scripts may read the answer.</summary>
    public required Cors Cors { get; init; }

    /// <summary>What caches may keep.</summary>
    public required Caching Caching { get; init; }

    /// <summary>Bytes of body at most; 0: no body is read.</summary>
    public required int BodyLimit { get; init; }

    /// <summary>Which set of response headers it gets.</summary>
    public required HeaderSet Headers { get; init; }

    /// <summary>Scope that a bearer token must have; null when none is asked for.</summary>
    public string? Scope { get; init; }
}

/// <summary>Who may call an endpoint.</summary>
public enum Caller
{
    /// <summary>Anybody.</summary>
    Anyone,

    /// <summary>A browser; forms are bound to it by a ticket.</summary>
    Browser,

    /// <summary>A client, authenticated as registered.</summary>
    Client,

    /// <summary>Whoever holds an access token.</summary>
    Bearer,

    /// <summary>A signed-in operator.</summary>
    Operator,
}

/// <summary>Which origins' scripts may read an answer.</summary>
public enum Cors
{
    /// <summary>None.</summary>
    Never,

    /// <summary>Every origin, without credentials: the answer is public.</summary>
    Public,

    /// <summary>Origins that a client of the issuer is registered with, compared exactly. The endpoint uses no cookies.</summary>
    Registered,
}

/// <summary>What caches may keep.</summary>
public enum Caching
{
    /// <summary>Nothing.</summary>
    NoStore,

    /// <summary>Fifteen minutes, public.</summary>
    Public,
}

/// <summary>Sets of response headers (docs/operations/headers.md).</summary>
public enum HeaderSet
{
    /// <summary>JSON for programs.</summary>
    Json,

    /// <summary>A page for people.</summary>
    Page,

    /// <summary>A style sheet or script of ours.</summary>
    Asset,
}
