using System.Text.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Evergrant.Accounts;
using Evergrant.Cli;
using Evergrant.Protocol.Accounts;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Policies;
using Evergrant.Protocol.Storage;
using Evergrant.Protocol.Trust;

namespace Evergrant.Declared;

/// <summary>The way from what is to what is declared. Making it changes nothing; carrying it out twice changes nothing the second time.</summary>
internal sealed class Plan
{
    private readonly List<PlannedChange> _changes = [];

    private Plan() { }

    /// <summary>Everything that is declared, and what happens to it; removals last.</summary>
    public IReadOnlyList<PlannedChange> Changes => _changes;

    /// <summary>Compares a declared state with the store.</summary>
    public static async Task<Plan> MakeAsync(DeclaredState state, Operations operations, CancellationToken cancellationToken)
    {
        var plan = new Plan();
        await plan.ResourcesAsync(state, operations.Store.Clients, cancellationToken);
        await plan.ScopesAsync(state, operations.Store.Clients, cancellationToken);
        await plan.PoliciesAsync(state, operations.Store.Clients, cancellationToken);
        await plan.ClientsAsync(state, operations, cancellationToken);
        await plan.TrustedAsync(state, operations.Store.Clients, cancellationToken);
        await plan.UsersAsync(state, operations, cancellationToken);
        plan._changes.Sort((a, b) => (a.Action == PlannedAction.Removed).CompareTo(b.Action == PlannedAction.Removed));
        return plan;
    }

    /// <summary>Carries it out, one thing after the other. What was done stays done when one fails; apply it again then.</summary>
    /// <param name="operations">What it is carried out with.</param>
    /// <param name="trail">Takes each change down.</param>
    /// <param name="cancellationToken">Ends it between two changes.</param>
    /// <returns>The changes, with the secrets that were made.</returns>
    /// <exception cref="ChangedMeanwhileException">Somebody else changed something since the plan was made.</exception>
    public async Task<IReadOnlyList<PlannedChange>> ApplyAsync(Operations operations, AuditTrail trail, CancellationToken cancellationToken)
    {
        var done = new List<PlannedChange>();
        try
        {
            foreach (PlannedChange change in _changes)
            {
                done.Add(change.Act is { } act ? change with { ClientSecret = await trail.ChangeAsync(change.What, change.Before, change.After, act, _ => null, cancellationToken) } : change);
            }
        }
        finally
        {
            operations.Catalogue.Invalidate();
        }
        return done;
    }

    /// <summary>What a secret for a client is made of: the secret, told once, and the client that keeps its hash.</summary>
    public static (string Secret, Client Client) WithNewSecret(Client client, Operations operations, bool keepNewest)
    {
        string secret = ClientSecret.New(RandomNumberGenerator.GetBytes(32));
        byte[] hash = ClientSecret.Hash(secret, operations.Secrets.Derive(ClientSecret.Purpose));
        return (secret, client with { SecretHashes = keepNewest && client.SecretHashes.Count > 0 ? [client.SecretHashes[^1], hash] : [hash] });
    }

    /// <summary>Whether a client proves itself with a secret.</summary>
    public static bool HasSecret(Client client) => client.AuthenticationMethod is ClientAuthenticationMethod.ClientSecretBasic or ClientAuthenticationMethod.ClientSecretPost;

    private async Task ResourcesAsync(DeclaredState state, IClientStore store, CancellationToken cancellationToken)
    {
        if (state.Resources is null) return;
        Dictionary<string, ApiResource> old = (await store.ListResourcesAsync(cancellationToken)).ToDictionary(r => r.Identifier, StringComparer.Ordinal);
        foreach (ApiResource resource in state.Resources)
        {
            old.Remove(resource.Identifier, out ApiResource? before);
            Add("resource", resource.Identifier, before is null ? null : Write(before), Write(resource), async c => { await store.SaveResourceAsync(resource, c); return null; });
        }
        foreach ((string id, ApiResource was) in old.Where(_ => state.Prune)) Remove("resource", id, Write(was), c => store.RemoveResourceAsync(id, c));
    }

    private async Task ScopesAsync(DeclaredState state, IClientStore store, CancellationToken cancellationToken)
    {
        if (state.Scopes is null) return;
        Dictionary<string, ScopeDescription> old = (await store.ListScopesAsync(cancellationToken)).ToDictionary(s => s.Name, StringComparer.Ordinal);
        foreach (ScopeDescription scope in state.Scopes)
        {
            old.Remove(scope.Name, out ScopeDescription? before);
            Add("scope", scope.Name, before is null ? null : Write(before), Write(scope), async c => { await store.SaveScopeAsync(scope, c); return null; });
        }
        foreach ((string name, ScopeDescription was) in old.Where(_ => state.Prune)) Remove("scope", name, Write(was), c => store.RemoveScopeAsync(name, c));
    }

    private async Task PoliciesAsync(DeclaredState state, IClientStore store, CancellationToken cancellationToken)
    {
        if (state.Policies is null) return;
        Dictionary<string, PolicyDocument> old = (await store.ListPoliciesAsync(cancellationToken)).ToDictionary(p => p.Name!, StringComparer.Ordinal);
        foreach (PolicyDocument policy in state.Policies)
        {
            old.Remove(policy.Name!, out PolicyDocument? before);
            Add("policy", policy.Name!, before?.Write(), policy.Write(), async c => { await store.SavePolicyAsync(policy, c); return null; });
        }
        foreach ((string name, PolicyDocument was) in old.Where(_ => state.Prune)) Remove("policy", name, was.Write(), c => store.RemovePolicyAsync(name, c));
    }

    private async Task ClientsAsync(DeclaredState state, Operations operations, CancellationToken cancellationToken)
    {
        if (state.Clients is null) return;
        IClientStore store = operations.Store.Clients;
        foreach (Client client in state.Clients)
        {
            Client? before = await store.FindClientAsync(client.Issuer, client.ClientId, cancellationToken);
            Add("client", client.ClientId, before is null ? null : Write(before), Write(client), async c =>
            {
                string? secret = null;
                Client saved = client;
                if (HasSecret(client) && client.SecretHashes.Count == 0) (secret, saved) = WithNewSecret(client, operations, keepNewest: false);
                if (!await store.ChangeClientAsync(saved, c)) throw new ChangedMeanwhileException(client.ClientId);
                return secret;
            }, client.Issuer, makesSecret: HasSecret(client) && client.SecretHashes.Count == 0);
        }
        if (!state.Prune) return;
        foreach (Client old in await store.ListClientsAsync(null, cancellationToken))
        {
            // Whoever registered itself was never declared.
            if (old.Registration is not null || state.Clients.Any(c => c.Issuer == old.Issuer && c.ClientId == old.ClientId)) continue;
            Remove("client", old.ClientId, Write(old), c => store.RemoveClientAsync(old.Issuer, old.ClientId, operations.Time.GetUtcNow(), c), old.Issuer);
        }
    }

    private async Task TrustedAsync(DeclaredState state, IClientStore store, CancellationToken cancellationToken)
    {
        if (state.Trusted is null) return;
        Dictionary<(string, string), TrustedIssuer> old = (await store.ListTrustedIssuersAsync(cancellationToken)).ToDictionary(t => (t.Issuer, t.Name));
        foreach (TrustedIssuer trusted in state.Trusted)
        {
            old.Remove((trusted.Issuer, trusted.Name), out TrustedIssuer? before);
            Add("trusted issuer", trusted.Name, before?.Write(), trusted.Write(), async c => { await store.SaveTrustedIssuerAsync(trusted, c); return null; }, trusted.Issuer);
        }
        foreach (((string issuer, string name), TrustedIssuer was) in old.Where(_ => state.Prune)) Remove("trusted issuer", name, was.Write(), c => store.RemoveTrustedIssuerAsync(issuer, name, c), issuer);
    }

    private async Task UsersAsync(DeclaredState state, Operations operations, CancellationToken cancellationToken)
    {
        if (state.Users is null) return;
        foreach (DeclaredAccount user in state.Users)
        {
            IReadOnlyList<string> differing = await operations.Registry.CompareAsync(user, cancellationToken);
            Account? account = await operations.Registry.FindAsync(user.UserName, cancellationToken);
            PlannedAction action = account is null ? PlannedAction.Created : differing.Count > 0 ? PlannedAction.Updated : PlannedAction.Unchanged;
            List<Difference> differences = account is null ? [] : [.. differing.Select(name => Differ(name, account, user))];
            JsonObject? was = account is null ? null : UserOutcome.Write(account);
            JsonObject shallBe = Write(user);
            _changes.Add(new PlannedChange("user", user.UserName, action, differences)
            {
                Act = action == PlannedAction.Unchanged ? null : c => AccountChanges.ApplyAsync(operations.Registry, user, differing, c),
                Before = was is null ? null : Only(was, differences), After = account is null ? shallBe : Only(shallBe, differences),
            });
        }
        if (!state.Prune) return;
        for (string? after = null; await operations.Registry.ListAsync(after, 100, cancellationToken) is { Count: > 0 } page; after = page[^1].UserName)
        {
            foreach (Account account in page.Where(a => state.Users.All(u => UserNames.Normalize(u.UserName) != a.NormalizedUserName)))
            {
                Remove("user", account.UserName, UserOutcome.Write(account), async c => await operations.Registry.RemoveAsync(account.UserName, c) is AccountOutcome.Done);
            }
        }
    }

    private void Add(string kind, string id, JsonObject? before, JsonObject after, Func<CancellationToken, Task<string?>> act, string? issuer = null, bool makesSecret = false)
    {
        IReadOnlyList<Difference> differences = before is null ? [] : Difference.Between(before, after);
        PlannedAction action = before is null ? PlannedAction.Created : differences.Count > 0 ? PlannedAction.Updated : PlannedAction.Unchanged;
        _changes.Add(new PlannedChange(kind, id, action, differences, issuer)
        {
            Act = action == PlannedAction.Unchanged ? null : act, MakesSecret = makesSecret, Before = before is null ? null : Only(before, differences), After = before is null ? after : Only(after, differences),
        });
    }

    private void Remove(string kind, string id, JsonObject before, Func<CancellationToken, ValueTask<bool>> act, string? issuer = null) =>
        _changes.Add(new PlannedChange(kind, id, PlannedAction.Removed, [], issuer) { Act = async c => { await act(c); return null; }, Before = before });

    private static JsonObject Only(JsonObject whole, IReadOnlyList<Difference> differences) =>
        new(whole.Where(m => differences.Any(d => d.Member == m.Key)).Select(m => KeyValuePair.Create(m.Key, m.Value?.DeepClone())));

    private static Difference Differ(string name, Account account, DeclaredAccount user) => name switch
    {
        "operator" => new(name, account.Operator ? "true" : "false", user.Operator ? "true" : "false"),
        "claims" => new(name, account.Claims, user.Claims?.GetRawText()),
        _ => new(name, null, "changed"),
    };

    /// <summary>An account as the record of its change shows it; no secret.</summary>
    public static JsonObject Write(DeclaredAccount user) => new()
    {
        ["operator"] = user.Operator, ["claims"] = user.Claims is { } claims ? JsonNode.Parse(claims.GetRawText()) : null,
        ["password"] = user.Password is null ? null : "set",
    };

    /// <summary>A client as the record of its change shows it; no secret.</summary>
    public static JsonObject Write(Client client)
    {
        JsonObject json = ClientMetadata.Write(client);
        // Not a member that anybody sets: the mark that development mode leaves. Applying the same file elsewhere takes it away.
        if (client.LoopbackAnyPort) json["loopback_any_port"] = true;
        if (HasSecret(client) && client.SecretHashes.Count == 0) json["client_secret"] = "made when applied";
        return json;
    }

    private static JsonObject Write(ApiResource resource) => new()
    {
        ["name"] = resource.Name,
        ["scopes"] = new JsonArray([.. resource.Scopes.Select(s => { JsonObject scope = Write(s); scope["name"] = s.Name; return (JsonNode)scope; })]),
        ["access_token_format"] = resource.AccessTokenFormat?.ToString().ToLowerInvariant(),
        ["authorization_details_types"] = resource.DetailsTypes.Count == 0 ? null : JsonSerializer.SerializeToNode(resource.DetailsTypes, StoredJson.Default.IReadOnlyListDetailsType),
    };

    private static JsonObject Write(ScopeDescription scope) => new() { ["description"] = scope.Description, ["hidden"] = scope.Hidden };
}
