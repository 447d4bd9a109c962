using System.Text.Json;
using Evergrant.AspNetCore.Outbound;
using Evergrant.AspNetCore.Registration;
using Evergrant.Protocol.Authorize;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Keys;

namespace Evergrant.AspNetCore;

/// <summary>Settings of the authorization server. They are judged at start; all faults come in one exception.</summary>
public sealed class EvergrantOptions
{
    /// <summary>The issuers that this server is, each with its own clients, keys and policies; at least one.</summary>
    public IReadOnlyList<IssuerOptions> Issuers { get; init; } = [];

    /// <summary>Whether this is a developer's own machine: http issuers on loopback, decisions named in answers. Never in production.</summary>
    public bool Development { get; init; }

    /// <summary>What is claimed about End-Users. The default claims nothing and knows every subject.</summary>
    public Func<ClaimsRequest, CancellationToken, ValueTask<ClaimSet?>> Claims { get; init; } = (_, _) => new(ClaimSet.Empty);

    /// <summary>Name of the token policy that all clients start from; null for the built-in ones. Until it is declared, the built-in ones hold.</summary>
    public string? Policy { get; init; }

    /// <summary>Timeline of signing keys.</summary>
    public KeyTimes KeyTimes { get; init; } = new();

    /// <summary>How long what was read of clients, scopes, resources and keys is believed without asking the store again, where other nodes may change it; null where this process is the only one
    /// that does, and tells <c>ClientCatalogue</c> and <c>KeyRings</c>.</summary>
    public TimeSpan? CacheAge { get; init; }

    /// <summary>Whether every DPoP proof has to carry a nonce of the server's (RFC 9449 section 8), whatever a client is registered with.</summary>
    public bool RequireDpopNonce { get; init; }

    /// <summary>Mutual TLS; null where the host asks for no client certificates.</summary>
    public MutualTlsOptions? MutualTls { get; init; }

    /// <summary>How long the page of an authorization request may lie open.</summary>
    public TimeSpan InteractionLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>What the server may fetch from others: keys and documents of clients, of trusted issuers.</summary>
    public OutboundOptions Outbound { get; init; } = new();

    /// <summary>How long a browser may take to bring the request_uri of a pushed request, at most 10 minutes (RFC 9126 section 2.2).</summary>
    public TimeSpan PushedRequestLifetime { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How many requests one client may push to one node in a minute; whoever exceeds it is told when to come back (RFC 9126 section 2.3).</summary>
    public int PushedRequestsPerMinute { get; init; } = 6_000;

    /// <summary>What is demanded of every authorization request, whoever the client is; clients may be registered with demands of their own.</summary>
    public AuthorizeDemands Demands { get; init; } = AuthorizeDemands.None;

    /// <summary>Whether authorization responses carry session_state and the iframe that judges it is there (OpenID Connect Session Management).</summary>
    public bool SessionManagement { get; init; }

    /// <summary>The profile of clients that name none; null leaves declared clients without one, and those that register themselves with OAuth 2.1.</summary>
    public Profile? Profile { get; init; }

    /// <summary>Whether and how clients register themselves.</summary>
    public RegistrationOptions Registration { get; init; } = new();

    /// <summary>Whether clients may be named by the URL of their metadata.</summary>
    public ClientDocumentOptions ClientDocuments { get; init; } = new();

    /// <summary>Everything that is wrong with the settings; empty when they can be used.</summary>
    public IReadOnlyList<string> Faults()
    {
        var faults = new List<string>();
        if (Issuers.Count == 0) faults.Add("issuers: at least one issuer is needed");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (IssuerOptions issuer in Issuers)
        {
            if (!Uri.TryCreate(issuer.Issuer, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("https" or "http") || uri.Host.Length == 0)
            {
                faults.Add($"issuers: {issuer.Issuer} is not an absolute https URL (RFC 8414 section 2)");
                continue;
            }
            if (issuer.Issuer.Contains('?') || issuer.Issuer.Contains('#')) faults.Add($"issuers: {issuer.Issuer} has a query or a fragment (RFC 8414 section 2)");
            if (uri.UserInfo.Length > 0) faults.Add($"issuers: {issuer.Issuer} has user information");
            if (uri.Scheme == "http" && !(Development && uri.IsLoopback)) faults.Add($"issuers: {issuer.Issuer} is http; an issuer is https (RFC 8414 section 2)");
            if (!seen.Add(issuer.Issuer.TrimEnd('/'))) faults.Add($"issuers: {issuer.Issuer} is there twice");
        }
        if (KeyTimes.Announce < TimeSpan.Zero || KeyTimes.Sign <= KeyTimes.MadeAhead) faults.Add("key times: a key must sign for longer than its successor is made ahead, which is twice the time it is announced");
        if (MutualTls?.Aliases is { } alias && (!Uri.TryCreate(alias, UriKind.Absolute, out Uri? at) || at.Scheme != "https" || alias != at.GetLeftPart(UriPartial.Authority))) faults.Add($"mutual TLS: {alias} is not an https URL of host and port");
        if (PushedRequestsPerMinute < 1) faults.Add("pushed requests per minute: is at least 1");
        if (PushedRequestLifetime < TimeSpan.FromSeconds(5) || PushedRequestLifetime >= TimeSpan.FromMinutes(10)) faults.Add("pushed request lifetime: is at least 5 seconds and less than 10 minutes");
        if (CacheAge <= TimeSpan.Zero) faults.Add("cache age: is more than zero, or null");
        faults.AddRange(Outbound.Faults().Concat(Registration.Faults()));
        return faults;
    }
}

/// <summary>Settings of one issuer.</summary>
public sealed class IssuerOptions
{
    /// <summary>Issuer identifier: an https URL, with a path for each issuer but one; published byte for byte.</summary>
    public required string Issuer { get; init; }

    /// <summary>Shown on pages; null shows the host.</summary>
    public string? Name { get; init; }

    /// <summary>Name of the token policy of its clients, on top of the server's; null for none.</summary>
    public string? Policy { get; init; }
}

/// <summary>A question about an End-User.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="Client">For whom; null when it is for the server's own pages.</param>
/// <param name="Scope">Granted scope values, space-delimited.</param>
public sealed record ClaimsRequest(string AccountId, Client? Client, string Scope);

/// <summary>All that may be claimed about an End-User, by claim name; what is released is decided by scope and claims parameter.</summary>
/// <param name="Claims">Claims of OpenID Connect Core section 5.1 and others; sub is not among them.</param>
public sealed record ClaimSet(IReadOnlyDictionary<string, JsonElement> Claims)
{
    /// <summary>Nothing.</summary>
    public static ClaimSet Empty { get; } = new(new Dictionary<string, JsonElement>());
}
