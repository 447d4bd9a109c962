using Evergrant.Declared;
using Evergrant.Protocol;
using Evergrant.Protocol.Accounts;
using Evergrant.Protocol.Authorize;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Keys;
using Evergrant.Protocol.Policies;
using Evergrant.Protocol.Token;
using Evergrant.Protocol.Trust;

namespace Evergrant.Cli;

/// <summary>What the doctor looks for in the store: its pages, keys, clients and accounts.</summary>
internal static class StoreExamination
{
    /// <summary>Looks; reads the whole store.</summary>
    public static async Task<IReadOnlyList<Finding>> OfAsync(Operations operations, CancellationToken cancellationToken)
    {
        var findings = new List<Finding>();
        if (operations.Store.Failure is { } failure) findings.Add(new(Severity.Fault, "store", $"writes no more: {failure}. Start the server anew"));
        if (operations.Store.File is { } file && await file.CheckIntegrityAsync(cancellationToken) is var integrity and not "ok") findings.Add(new(Severity.Fault, "store", $"is damaged: {integrity}. Restore the last backup"));
        if (operations.Store.Database is { } database) findings.AddRange(DatabaseExamination.Of(await database.ExamineAsync(cancellationToken), database.Address));
        foreach (string issuer in operations.Settings.Issuers) findings.AddRange(await KeysAsync(operations, issuer, cancellationToken));
        var catalogue = new ScopeCatalogue(await operations.Store.Clients.ListResourcesAsync(cancellationToken), await operations.Store.Clients.ListScopesAsync(cancellationToken));
        PolicySet policies = await operations.Catalogue.PoliciesAsync(cancellationToken);
        findings.AddRange(policies.Faults().Select(f => new Finding(Severity.Fault, "policy", f + "; until it is, the policy below it holds")));
        foreach (Client client in (await operations.Store.Clients.ListClientsAsync(null, cancellationToken)).Select(c => c with { Policies = policies }))
        {
            findings.AddRange(Client(client, operations, catalogue).Select(f => f with { Text = $"{client.ClientId} {f.Text}" }));
        }
        findings.AddRange(await TrustedAsync(operations, cancellationToken));
        findings.AddRange(await AccountsAsync(operations, cancellationToken));
        return findings;
    }

    private static async Task<List<Finding>> TrustedAsync(Operations operations, CancellationToken cancellationToken)
    {
        var findings = new List<Finding>();
        foreach (TrustedIssuer trusted in await operations.Store.Clients.ListTrustedIssuersAsync(cancellationToken))
        {
            foreach (string id in trusted.Clients)
            {
                if (await operations.Store.Clients.FindClientAsync(trusted.Issuer, id, cancellationToken) is null) findings.Add(new(Severity.Warning, "trusted issuer", $"{trusted.Name} names the client {id}, which is not registered at {trusted.Issuer}"));
            }
        }
        return findings;
    }

    private static async Task<IEnumerable<Finding>> KeysAsync(Operations operations, string issuer, CancellationToken cancellationToken)
    {
        DateTimeOffset now = operations.Time.GetUtcNow();
        // As stored: looking at the ring would make what is missing.
        IReadOnlyList<SigningKeyRecord> keys = await operations.Store.Keys.ListKeysAsync(issuer, cancellationToken);
        if (keys.Count == 0) return [new(Severity.Warning, "key", $"{issuer} has no signing keys yet; the first start makes them")];
        return keys.Select(k => k.Algorithm).Distinct().Where(a => KeyRing.Signer(keys, a, now) is null)
            .Select(a => new Finding(Severity.Warning, "key", $"{issuer} has no {a} key that signs now; the next start makes one, which verifiers have not seen yet"));
    }

    private static IEnumerable<Finding> Client(Client client, Operations operations, ScopeCatalogue catalogue)
    {
        if (!operations.Settings.Issuers.Contains(client.Issuer))
        {
            yield return new(Severity.Warning, "client", $"is registered at {client.Issuer}, which this server is not");
            yield break;
        }
        if (Plan.HasSecret(client) && client.SecretHashes.Count == 0) yield return new(Severity.Fault, "client", "has no secret and cannot authenticate; evergrant client rotate-secret makes one");
        bool byCertificate = client.AuthenticationMethod is ClientAuthenticationMethod.TlsClientAuth or ClientAuthenticationMethod.SelfSignedTlsClientAuth;
        if (operations.Settings.MutualTls is null && byCertificate)
            yield return new(Severity.Fault, "client", "authenticates with a certificate, but no certificate can come: neither mutual_tls.urls nor mutual_tls.header is set");
        else if (client.AuthenticationMethod == ClientAuthenticationMethod.TlsClientAuth && operations.Settings.MutualTls is { Authorities.Count: 0 })
            yield return new(Severity.Fault, "client", "authenticates with a certificate of an authority, but mutual_tls.authorities names none");
        if (operations.Settings.MutualTls is null && client is { CertificateBoundAccessTokens: true, BearerWithoutCertificate: false })
            yield return new(Severity.Warning, "client", "gets access tokens bound to a certificate only, but none can come: set mutual_tls, or use DPoP");
        if (client.SecretHashes.Count > 0 && client.SecretHashes.All(h => operations.Secrets.Derive(ClientSecret.Purpose).Find(ClientSecret.KeyNumberOf(h)) is null))
            yield return new(Severity.Fault, "client", "has a secret of a root key that was dropped and cannot authenticate; evergrant client rotate-secret --now makes another");
        if (client.SecretHashes.Count > 1) yield return new(Severity.Warning, "client", "has two secrets; evergrant client rotate-secret --finish ends the older one");
        foreach (string scope in client.Scopes.Where(s => !catalogue.Knows(s))) yield return new(Severity.Fault, "client", $"has the scope {scope}, which is declared no more");
        foreach (string resource in client.Resources.Where(r => catalogue.Find(r) is null)) yield return new(Severity.Fault, "client", $"has the resource {resource}, which is declared no more");
        if (client.GrantTypes.Contains(PasswordGrant.Name)) yield return new(Severity.Warning, "client", "takes its users' passwords; the password grant is deprecated and must not be used (RFC 9700 section 2.4)");
        if (!client.RequirePkce) yield return new(Severity.Warning, "client", "may leave out PKCE (RFC 9700 section 2.1.1)");
        if (client.GrantTypes.Contains(ResponseType.ImplicitGrant)) yield return new(Severity.Warning, "client", $"gets tokens through the browser ({string.Join(", ", client.ResponseTypes.Where(t => ResponseType.Parse(t)?.IsFrontChannel == true))}), which is deprecated (RFC 9700 section 2.1.2)");
        if (client.Policy is { } own && client.Policies.FaultOf(own) is { } unknown) yield return new(Severity.Fault, "client", $"has a policy that {unknown}");
        GrantPolicy policy = client.EffectivePolicy;
        if (policy.OnReplay == ReplayReaction.Reject) yield return new(Severity.Warning, "client", "keeps its grants when a refresh token is replayed (RFC 9700 section 4.14.2)");
        if (client.IsPublic && !policy.RotatesFor(client)) yield return new(Severity.Warning, "client", "is public and keeps one bearer refresh token, as public_without_rotation says: whoever copies it has it (RFC 9700 section 2.2.2)");
        else if (client.IsPublic && !PolicyResolution.Unsettled(client).Rotate) yield return new(Severity.Warning, "client", "is public and rotates refresh tokens although its policy says rotate false; public_without_rotation would say that you want it");
        if (TabsAreCounted(client) is { } counted) yield return new(Severity.Warning, "client", counted);
        if (client.IsPublic && policy.KeepsPredecessorsFor(client)) yield return new(Severity.Warning, "client", "is public and keeps superseded refresh tokens good, as public_without_rotation says (RFC 9700 section 2.2.2)");
        else if (policy.Predecessor == Predecessor.StaysValid) yield return new(Severity.Warning, "client", "keeps superseded refresh tokens good, so that no theft is seen (RFC 9700 section 4.14.2)");
        if (policy.AccessTokenLifetime is null) yield return new(Severity.Warning, "client", "has access tokens that never end (RFC 6750 section 5.3)");
        if (policy.AccessTokenLifetimeLongest > TimeSpan.FromHours(1)) yield return new(Severity.Warning, "client", "has access tokens that live longer than an hour (RFC 6750 section 5.3)");
        if (operations.Settings.Development) yield break;
        if (client.LoopbackAnyPort && client.ApplicationType != ApplicationType.Native) yield return new(Severity.Fault, "client", "comes from development mode: any port of this machine may be its redirect URI; declare it again");
        foreach (string uri in client.RedirectUris)
        {
            if (RedirectUri.Fault(uri, client.ApplicationType, allowLoopback: false) is { } fault) yield return new(Severity.Fault, "client", $"has the redirect URI {uri}, which {fault}");
        }
    }

    // What is built in leaves the retries of tabs uncounted. What an operator has said instead holds for tokens that are bound to a key, too.
    private static string? TabsAreCounted(Client client)
    {
        if (client is not { ApplicationType: ApplicationType.Browser, IsPublic: true } || !client.GrantTypes.Contains(RefreshTokenGrant.Name)) return null;
        foreach (EffectivePolicy outcome in PolicyResolution.Outcomes(client))
        {
            GrantPolicy policy = outcome.Policy;
            if (policy is not { RetryBudget: { } budget, Retry.Kind: not RetryRuleKind.Never } || policy.RefreshTokens == RefreshTokenIssuance.Never) continue;
            string? why = policy.RetryUses is not null ? "sets retry_uses, beside which retry_uncounted has no effect" : budget == 0 ? "sets retry_budget to 0" : policy.RetryUncounted is null ? "takes retry_uncounted away" : null;
            if (why is null) continue;
            string whose = outcome.Overrides.Length == 0 ? "its policy" : $"its policy, with {outcome.Overrides.Replace(" ", ", ", StringComparison.Ordinal)},";
            return $"is an application in a browser: when its tabs refresh at once more than {budget} times within ten refreshes, that is taken for theft, because {whose} {why}; leave these knobs as they are built in";
        }
        return null;
    }

    private static async Task<IEnumerable<Finding>> AccountsAsync(Operations operations, CancellationToken cancellationToken)
    {
        bool any = false, anyOperator = false;
        for (string? after = null; await operations.Registry.ListAsync(after, 500, cancellationToken) is { Count: > 0 } page; after = page[^1].UserName)
        {
            any = true;
            anyOperator |= page.Any((Account a) => a is { Operator: true, Disabled: false });
        }
        return !any ? [new(Severity.Warning, "user", "nobody can sign in; evergrant user add makes an account")]
            : !anyOperator ? [new(Severity.Warning, "user", "no account may use the operator pages; evergrant user add --operator makes one")]
            : [];
    }
}
