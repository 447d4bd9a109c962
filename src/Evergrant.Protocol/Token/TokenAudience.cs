using Evergrant.Protocol.Clients;

namespace Evergrant.Protocol.Token;

/// <summary>For whom an access token is, and what it allows there (RFC 8707, RFC 9068 section 3).</summary>
/// <param name="Audience">aud: resource identifiers, and the issuer when the token is for its own endpoints; never empty.</param>
/// <param name="Scope">Space-delimited values that mean something to the audience.</param>
public sealed record TokenAudience(IReadOnlyList<string> Audience, string Scope)
{
    /// <summary>The objects of authorization_details that the token is for, as a JSON array (RFC 9396); null for none.</summary>
    public string? Details { get; init; }

    /// <summary>Resolves the audience of one access token.</summary>
    /// <param name="issuer">The issuer: audience of tokens for userinfo and of scopes that belong to no API.</param>
    /// <param name="granted">Granted scope values.</param>
    /// <param name="scopes">Those of them that this token is to carry.</param>
    /// <param name="grantedResources">Resources of the authorization; empty when it named none.</param>
    /// <param name="asked">Resources that this token request names; empty for none.</param>
    /// <param name="allowed">Resources that the client may have tokens for; empty when it is not bound to any.</param>
    /// <param name="catalogue">The server's scopes and resources.</param>
    /// <param name="audience">The audience.</param>
    /// <param name="ofDetails">APIs of the granted authorization_details, which may be named too; null for none.</param>
    /// <returns>The error, or null.</returns>
    public static OAuthError? Resolve(
        string issuer, IReadOnlyList<string> granted, IReadOnlyList<string> scopes, IReadOnlyList<string> grantedResources,
        IReadOnlyList<string> asked, IReadOnlyList<string> allowed, ScopeCatalogue catalogue, out TokenAudience? audience, IReadOnlyList<string>? ofDetails = null)
    {
        audience = null;
        IReadOnlyList<string> within = grantedResources.Count > 0 ? grantedResources : DerivedFrom(granted, allowed, catalogue);
        foreach (string resource in asked)
        {
            if (!within.Contains(resource) && ofDetails?.Contains(resource) != true) return OAuthError.InvalidTarget("The resource is not part of what was granted.", Refusal.ResourceWidened);
        }
        bool named = asked.Count > 0 || grantedResources.Count > 0;
        IReadOnlyList<string> resources = asked.Count > 0 ? asked : grantedResources.Count > 0 ? grantedResources : DerivedFrom(scopes, allowed, catalogue);
        if (!named && resources.Count > 1)
        {
            return OAuthError.InvalidScope("The scope belongs to several resources; name one with the resource parameter.", Refusal.ScopeAmbiguous);
        }
        // Without named resources the token also serves the issuer's own endpoints, where openid and its like have their meaning.
        bool own = !named && (resources.Count == 0 || scopes.Contains(Protocol.Scope.OpenId));
        var kept = new List<string>(scopes.Count);
        foreach (string scope in scopes)
        {
            IReadOnlyList<ApiResource> owners = catalogue.OwnersOf(scope);
            int meant = 0;
            foreach (ApiResource owner in owners)
            {
                if (resources.Contains(owner.Identifier)) meant++;
            }
            // RFC 9068 section 3: one scope value, two audiences: nobody could say what is allowed where.
            if (meant > 1) return OAuthError.InvalidTarget("A scope would be ambiguous for these resources; ask for one resource at a time.", Refusal.ScopeAmbiguous);
            if (meant == 1 || (owners.Count == 0 && own)) kept.Add(scope);
        }
        List<string> aud = [.. resources];
        if (own) aud.Add(issuer);
        audience = new TokenAudience(aud, Protocol.Scope.Join(kept));
        return null;
    }

    /// <summary>The APIs that scope values belong to, each once, in the order of the values.</summary>
    /// <param name="scopes">Scope values.</param>
    /// <param name="allowed">Resources that the client may have tokens for, others are left out; empty when it is not bound to any.</param>
    /// <param name="catalogue">The server's scopes and resources.</param>
    public static IReadOnlyList<string> DerivedFrom(IReadOnlyList<string> scopes, IReadOnlyList<string> allowed, ScopeCatalogue catalogue)
    {
        List<string>? list = null;
        foreach (string scope in scopes)
        {
            foreach (ApiResource owner in catalogue.OwnersOf(scope))
            {
                // Another API may well use the same word; its tokens are for those whom it lets in.
                if (allowed.Count > 0 && !allowed.Contains(owner.Identifier)) continue;
                list ??= [];
                if (!list.Contains(owner.Identifier)) list.Add(owner.Identifier);
            }
        }
        return list is null ? [] : list;
    }

    /// <summary>Whether every value is an absolute URI without fragment (RFC 8707 section 2) that is known, and the client may ask for it.</summary>
    /// <param name="resources">Values of resource parameters.</param>
    /// <param name="client">Who asks.</param>
    /// <param name="catalogue">The server's scopes and resources.</param>
    /// <returns>The error, or null.</returns>
    public static OAuthError? Check(IReadOnlyList<string> resources, Client client, ScopeCatalogue catalogue)
    {
        foreach (string resource in resources)
        {
            bool known = catalogue.Find(resource) is not null;
            bool isUri = Uri.TryCreate(resource, UriKind.Absolute, out Uri? uri) && !resource.Contains('#') && uri.Scheme.Length > 0 && resource.Contains(':');
            // An old API's identifier may be any string, but only one that was registered so.
            if (!isUri && !known) return OAuthError.InvalidTarget("A resource must be an absolute URI without a fragment.", Refusal.ResourceInvalid);
            bool allowed = known && (client.Resources.Count > 0 ? client.Resources.Contains(resource) : DerivedFrom(client.Scopes, [], catalogue).Contains(resource));
            if (!allowed) return OAuthError.InvalidTarget("The resource is unknown, or not allowed for this client.", Refusal.ResourceInvalid);
        }
        return null;
    }
}
