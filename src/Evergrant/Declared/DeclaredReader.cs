using System.Text.Json;
using Evergrant.Accounts;
using Evergrant.Cli;
using Evergrant.Protocol;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Policies;
using Evergrant.Protocol.Trust;

namespace Evergrant.Declared;

/// <summary>Reads a declared state: first resources and scopes, since clients are judged against them.</summary>
internal sealed class DeclaredReader(Operations operations, List<string> faults)
{
    /// <summary>Reads the whole file; of no use when there are faults.</summary>
    public async Task<DeclaredState> ReadAsync(JsonElement json, CancellationToken cancellationToken)
    {
        var file = new DeclaredMembers(json, "", faults, "resources", "scopes", "policies", "clients", "trusted_issuers", "users", "prune");
        bool prune = file.Flag("prune");
        IReadOnlyList<ApiResource>? resources = Unique(file, "resources", Resource, r => r.Identifier);
        IReadOnlyList<ScopeDescription>? scopes = Unique(file, "scopes", ScopeOf, s => s.Name);
        ScopeCatalogue catalogue = await CatalogueAsync(resources, scopes, prune, cancellationToken);
        IReadOnlyList<PolicyDocument>? policies = Unique(file, "policies", Policy, p => p?.Name ?? "")?.OfType<PolicyDocument>().ToList();
        PolicySet set = await PoliciesAsync(policies, prune, cancellationToken);
        IReadOnlyList<Client>? clients = await ClientsAsync(file, catalogue, set, cancellationToken);
        IReadOnlyList<TrustedIssuer>? trusted = Trusted(file, catalogue);
        IReadOnlyList<DeclaredAccount>? users = Unique(file, "users", User, u => UserNames.Normalize(u.UserName));
        return new DeclaredState(resources, scopes, policies, clients, trusted, users, prune);
    }

    private List<T>? Unique<T>(DeclaredMembers file, string name, Func<JsonElement, string, T> read, Func<T, string> key)
    {
        if (file.List(name) is not { } items) return null;
        var list = new List<T>();
        var seen = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((JsonElement item, string path) in items)
        {
            T value = read(item, path);
            list.Add(value);
            if (!seen.TryAdd(key(value), path) && key(value).Length > 0) faults.Add($"{path}: is the same as {seen[key(value)]}");
        }
        return list;
    }

    private ApiResource Resource(JsonElement json, string path)
    {
        var read = new DeclaredMembers(json, path, faults, "identifier", "name", "scopes", "access_token_format", "authorization_details_types");
        string identifier = read.Needed("identifier");
        // RFC 8707 section 2 asks for an absolute URI; APIs that are older than it have plain names.
        if (identifier.Contains('#') || identifier.Any(c => c is <= ' ' or > '~')) read.Fault("identifier", $"{identifier} has a fragment, white space or letters beyond ASCII (RFC 8707 section 2)");
        List<ScopeDescription> scopes = Unique(read, "scopes", ScopeOf, s => s.Name) ?? [];
        foreach (ScopeDescription scope in scopes.Where(s => Scope.IsOfSignIn(s.Name) || Scope.IsOfClient(s.Name))) read.Fault("scopes", $"{scope.Name} is a standard scope, which belongs to no API");
        AccessTokenFormat? format = null;
        if (read.Text("access_token_format") is { } text)
        {
            format = text switch { "jwt" => AccessTokenFormat.Jwt, "opaque" => AccessTokenFormat.Opaque, _ => null };
            if (format is null) read.Fault("access_token_format", "is neither jwt nor opaque");
        }
        return new ApiResource { Identifier = identifier, Name = read.Text("name"), Scopes = scopes, AccessTokenFormat = format, DetailsTypes = Unique(read, "authorization_details_types", DetailsTypeOf, t => t.Type) ?? [] };
    }

    private DetailsType DetailsTypeOf(JsonElement json, string path)
    {
        var read = new DeclaredMembers(json, path, faults, "type", "description", "fields");
        return new DetailsType(read.Needed("type"), read.Text("description")) { Fields = Unique(read, "fields", DetailsFieldOf, f => f.Name) ?? [] };
    }

    private DetailsField DetailsFieldOf(JsonElement json, string path)
    {
        var read = new DeclaredMembers(json, path, faults, "name", "kind", "required", "values");
        string name = read.Needed("name");
        if (name is "type" or "locations") read.Fault("name", $"{name} is part of every type (RFC 9396 section 2.2)");
        DetailsKind kind = DetailsKind.Any;
        if (read.Text("kind") is { } text && (!Enum.TryParse(text, ignoreCase: true, out kind) || text.Any(char.IsAsciiDigit))) read.Fault("kind", "is none of any, text, texts, number, flag, members");
        string[]? values = null;
        if (read.Given("values") is { } given)
        {
            if (DetailsField.IsTexts(given)) values = [.. given.EnumerateArray().Select(v => v.GetString()!)];
            else read.Fault("values", "is not a list of texts");
        }
        return new DetailsField(name, kind, read.Flag("required"), values);
    }

    private ScopeDescription ScopeOf(JsonElement json, string path)
    {
        var read = new DeclaredMembers(json, path, faults, "name", "description", "hidden");
        string name = read.Needed("name");
        if (name.Length > 0 && (name.Contains(' ') || !Scope.TryParse(name, out _))) read.Fault("name", $"{name} is not a scope value (RFC 6749 section 3.3)");
        return new ScopeDescription(name, read.Text("description"), read.Flag("hidden"));
    }

    private async Task<ScopeCatalogue> CatalogueAsync(IReadOnlyList<ApiResource>? resources, IReadOnlyList<ScopeDescription>? scopes, bool prune, CancellationToken cancellationToken)
    {
        IEnumerable<ApiResource> oldResources = prune && resources is not null ? [] : await operations.Store.Clients.ListResourcesAsync(cancellationToken);
        IEnumerable<ScopeDescription> oldScopes = prune && scopes is not null ? [] : await operations.Store.Clients.ListScopesAsync(cancellationToken);
        IReadOnlyList<ApiResource> newResources = resources ?? [];
        IReadOnlyList<ScopeDescription> newScopes = scopes ?? [];
        return new ScopeCatalogue(
            oldResources.Where(o => newResources.All(n => n.Identifier != o.Identifier)).Concat(newResources),
            oldScopes.Where(o => newScopes.All(n => n.Name != o.Name)).Concat(newScopes));
    }

    private PolicyDocument? Policy(JsonElement json, string path) => PolicyDocument.Parse(json, path + ".", faults, isPublic: null);

    private async Task<PolicySet> PoliciesAsync(IReadOnlyList<PolicyDocument>? policies, bool prune, CancellationToken cancellationToken)
    {
        IEnumerable<PolicyDocument> old = prune && policies is not null ? [] : await operations.Store.Clients.ListPoliciesAsync(cancellationToken);
        IReadOnlyList<PolicyDocument> declared = [.. (policies ?? []).Where(p => p.Name is not null).DistinctBy(p => p.Name)];
        var set = new PolicySet(old.Where(o => declared.All(d => d.Name != o.Name)).Concat(declared), operations.Settings.Policy, operations.Settings.Policies);
        if (policies is not null) faults.AddRange(set.Faults().Select(f => $"policies: {f}"));
        return set;
    }

    private async Task<IReadOnlyList<Client>?> ClientsAsync(DeclaredMembers file, ScopeCatalogue catalogue, PolicySet policies, CancellationToken cancellationToken)
    {
        if (file.List("clients") is not { } items) return null;
        var clients = new List<Client>();
        foreach ((JsonElement item, string path) in items)
        {
            if (await ClientAsync(item, path, catalogue, cancellationToken) is not { } client) continue;
            if (client.Policy is { } policy && policies.FaultOf(policy) is { } fault) faults.Add($"{path}.policy: {fault}");
            else faults.AddRange(PolicyRules.Faults(PolicyResolution.Unsettled(client with { Policies = policies })).Select(f => $"{path}.policy: {f}"));
            if (clients.Any(c => c.Issuer == client.Issuer && c.ClientId == client.ClientId)) faults.Add($"{path}: {client.ClientId} is declared twice");
            clients.Add(client);
        }
        return clients;
    }

    private async Task<Client?> ClientAsync(JsonElement item, string path, ScopeCatalogue catalogue, CancellationToken cancellationToken)
    {
        string issuer = IssuerOf(item, path);
        string? id = item.ValueKind == JsonValueKind.Object && item.TryGetProperty("client_id", out JsonElement text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;
        Client? existing = id is null ? null : await operations.Store.Clients.FindClientAsync(issuer, id, cancellationToken);
        Parsed<Client> client = ClientMetadata.Parse(item, new ClientRegistrationContext(issuer, catalogue, operations.Settings.Development, operations.Time.GetUtcNow(), existing) { Profile = Profile.Find(operations.Settings.Profile) });
        faults.AddRange(client.Faults.Select(f => $"{path}.{f}"));
        return client.Value;
    }

    private List<TrustedIssuer>? Trusted(DeclaredMembers file, ScopeCatalogue catalogue)
    {
        if (file.List("trusted_issuers") is not { } items) return null;
        var list = new List<TrustedIssuer>();
        foreach ((JsonElement item, string path) in items)
        {
            Parsed<TrustedIssuer> parsed = TrustedIssuer.Parse(item, IssuerOf(item, path), catalogue, operations.Settings.Development);
            faults.AddRange(parsed.Faults.Select(f => $"{path}.{f}"));
            if (parsed.Value is not { } trusted) continue;
            if (operations.Settings.Issuers.Contains(trusted.Name)) faults.Add($"{path}.iss: {trusted.Name} is this server");
            if (list.Any(t => t.Issuer == trusted.Issuer && t.Name == trusted.Name)) faults.Add($"{path}: {trusted.Name} is declared twice");
            list.Add(trusted);
        }
        return list;
    }

    // Of several issuers of this server, the one that a thing belongs to has to be named.
    private string IssuerOf(JsonElement item, string path)
    {
        IReadOnlyList<string> issuers = operations.Settings.Issuers;
        if (item.ValueKind == JsonValueKind.Object && item.TryGetProperty("issuer", out JsonElement named) && named.ValueKind == JsonValueKind.String)
        {
            string issuer = named.GetString()!;
            if (!issuers.Contains(issuer)) faults.Add($"{path}.issuer: {issuer} is not an issuer of this server, which has {string.Join(", ", issuers)}");
            return issuer;
        }
        if (issuers.Count > 1) faults.Add($"{path}.issuer: is missing, though the server has several");
        return issuers[0];
    }

    private DeclaredAccount User(JsonElement json, string path)
    {
        var read = new DeclaredMembers(json, path, faults, "username", "password", "operator", "claims");
        var account = new DeclaredAccount(read.Needed("username"), read.Text("password"), read.Flag("operator"), read.Given("claims")?.Clone());
        if (account.UserName.Length > 0 && AccountRegistry.FaultOf(account) is { } fault) faults.Add($"{path}: {fault.TrimEnd('.')}");
        return account;
    }
}
