using Evergrant.Accounts;
using Evergrant.AspNetCore;
using Evergrant.Pages.Views;
using Evergrant.Protocol;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Sessions;
using Evergrant.Protocol.Storage;

namespace Evergrant.Pages;

/// <summary>The apps that a person has allowed something: what they remembered as consent, and what lives of it.</summary>
internal sealed class AllowedApps(IGrantStore grants, IClientStore clients, TimeProvider time)
{
    private const int MostGrants = 1_000;

    /// <summary>Lists the apps with a live grant or a remembered consent, by name.</summary>
    public async ValueTask<IReadOnlyList<AllowedApp>> ListAsync(string subject, CancellationToken cancellationToken)
    {
        IReadOnlyList<Grant> live = await grants.ListGrantsAsync(new GrantFilter(Subject: subject, LiveAt: time.GetUtcNow(), Limit: MostGrants, State: GrantState.Active), cancellationToken);
        ScopeTexts texts = ScopeTexts.Of(await clients.ListResourcesAsync(cancellationToken), await clients.ListScopesAsync(cancellationToken));
        Dictionary<(string, string), Consent> consents = (await grants.ListConsentsAsync(subject, cancellationToken)).ToDictionary(c => (c.Issuer, c.ClientId));
        List<AllowedApp> apps = [];
        ILookup<(string, string), Grant> byClient = live.ToLookup(g => (g.Issuer, g.ClientId));
        // Of all clients of the server, those of this person alone are read.
        foreach ((string issuer, string clientId) in byClient.Select(g => g.Key).Union(consents.Keys))
        {
            if (await clients.FindClientAsync(issuer, clientId, cancellationToken) is not { } client) continue;
            Grant[] held = [.. byClient[(issuer, clientId)]];
            Consent? consent = consents.GetValueOrDefault((issuer, clientId));
            IEnumerable<string> scopes = held.SelectMany(g => Scope.Split(g.Authorized.Scope)).Concat(consent?.Scopes ?? []).Distinct();
            apps.Add(new(
                client.Issuer, client.ClientId, client.Name ?? client.ClientId, [.. scopes.Select(texts.Of)], held.Length,
                Since: held.Select(g => g.CreatedAt).Concat(consent is null ? [] : [consent.GivenAt]).Min(),
                LastUsed: held.Length == 0 ? null : held.Max(g => g.GenerationAt),
                Until: held.Length == 0 || held.Any(g => g.ExpiresAt is null) ? null : held.Max(g => g.ExpiresAt)));
        }
        return [.. apps.OrderBy(a => a.Name, StringComparer.OrdinalIgnoreCase)];
    }

    /// <summary>Ends everything an app holds of a person, and forgets the consent.</summary>
    /// <returns>Whether it is certain.</returns>
    public async ValueTask<bool> RemoveAsync(string subject, string issuer, string clientId, CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        EventRecord record = new()
        {
            Reference = EventReference.Create(), At = now, Decision = "Revoked", Endpoint = "Account", Issuer = issuer, ClientId = clientId, Subject = subject,
        };
        // The consent goes first: without it a code that is being redeemed now cannot be followed by a silent new one.
        if (await grants.CommitAsync(new RemoveConsent(issuer, subject, clientId), null, cancellationToken) == CommitResult.Unknown) return false;
        return await grants.CommitAsync(new RevokeGrants(issuer, subject, clientId, null, RevocationCause.RevokedByUser, now), record, cancellationToken) == CommitResult.Committed;
    }
}

/// <summary>What scope values say to a person.</summary>
internal sealed class ScopeTexts
{
    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal)
    {
        [Scope.OpenId] = "Know who you are here", ["profile"] = "See your profile: name, picture, language", ["email"] = "See your email address", ["address"] = "See your postal address",
        ["phone"] = "See your phone number", [Scope.OfflineAccess] = "Keep access while you are away",
    };

    /// <summary>The texts of the scopes that this server knows.</summary>
    public static ScopeTexts Of(IEnumerable<ApiResource> resources, IEnumerable<ScopeDescription> scopes)
    {
        ScopeTexts texts = new();
        foreach (ScopeDescription scope in resources.SelectMany(r => r.Scopes).Concat(scopes))
        {
            if (scope.Description is { } text) texts._texts[scope.Name] = text;
        }
        return texts;
    }

    /// <summary>The text of a value; the value itself when there is none.</summary>
    public string Of(string scope) => _texts.GetValueOrDefault(scope, scope);
}
