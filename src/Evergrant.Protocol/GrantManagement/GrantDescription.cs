using System.Text.Json.Nodes;
using Evergrant.Protocol.Authorize;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Token;
using Evergrant.Protocol.UserInfo;

namespace Evergrant.Protocol.GrantManagement;

/// <summary>What a client is told of a grant (Grant Management section 6.4): what it allows, and none of its tokens.</summary>
public static class GrantDescription
{
    /// <summary>The JSON object.</summary>
    /// <param name="grant">The row.</param>
    /// <param name="client">The client that holds it.</param>
    /// <param name="catalogue">The server's scopes and resources.</param>
    public static JsonObject Of(Grant grant, Client client, ScopeCatalogue catalogue)
    {
        Authorized authorized = grant.Authorized;
        string[] all = Scope.Split(authorized.Scope);
        IReadOnlyList<string> resources = authorized.Resources.Count > 0 ? authorized.Resources : TokenAudience.DerivedFrom(all, client.Resources, catalogue);
        var scopes = new JsonArray();
        string[] own = [.. all.Where(s => !catalogue.OwnersOf(s).Any(o => resources.Contains(o.Identifier)))];
        if (own.Length > 0) scopes.Add(new JsonObject { ["scope"] = Scope.Join(own) });
        foreach (string resource in resources)
        {
            string[] there = [.. all.Where(s => catalogue.OwnersOf(s).Any(o => o.Identifier == resource))];
            if (there.Length > 0) scopes.Add(new JsonObject { ["scope"] = Scope.Join(there), ["resources"] = new JsonArray(resource) });
        }
        IEnumerable<string> claims = all.SelectMany(ClaimRules.Of).Concat((ClaimsParameter.Parse(authorized.Claims) ?? ClaimsParameter.None).Names).Distinct();
        return new JsonObject
        {
            ["scopes"] = scopes,
            ["claims"] = new JsonArray([.. claims.Select(c => (JsonNode)c)]),
            ["authorization_details"] = authorized.Details is { } details ? JsonNode.Parse(details) : new JsonArray(),
        };
    }
}
