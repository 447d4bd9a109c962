using Microsoft.AspNetCore.Http;

namespace Evergrant.AspNetCore;

/// <summary>All issuers of this server.</summary>
public sealed class IssuerSites
{
    /// <summary>Takes the settings.</summary>
    /// <param name="options">Settings that were judged before.</param>
    public IssuerSites(EvergrantOptions options) => All = [.. options.Issuers.Select(i => new IssuerSite(i))];

    /// <summary>The issuers in the order of the settings.</summary>
    public IReadOnlyList<IssuerSite> All { get; }

    /// <summary>The issuer whose path a request is below: the longest prefix that fits; the first issuer when none does. The Host header has no say.</summary>
    /// <param name="http">The request.</param>
    public IssuerSite Of(HttpContext http)
    {
        IssuerSite best = All[0];
        int length = -1;
        foreach (IssuerSite site in All)
        {
            if (site.Prefix.Length > length && http.Request.Path.StartsWithSegments(site.Prefix, StringComparison.Ordinal))
            {
                best = site;
                length = site.Prefix.Length;
            }
        }
        return best;
    }

    /// <summary>The declaration of a path whose method is not routed (a preflight); null when there is none.</summary>
    internal EndpointRule? RuleOf(PathString path) => _rules.GetValueOrDefault(path.Value ?? "") ?? (path.StartsWithSegments(Protocol.Metadata.ProtectedResource.WellKnown) ? _rules.GetValueOrDefault(Protocol.Metadata.ProtectedResource.WellKnown) : null);

    internal void Declare(string path, EndpointRule rule) => _rules[path] = rule;

    private readonly Dictionary<string, EndpointRule> _rules = new(StringComparer.OrdinalIgnoreCase);
}
