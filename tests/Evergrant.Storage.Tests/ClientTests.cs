using System.Text.Json;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Policies;
using Evergrant.Protocol.Trust;
using Evergrant.Protocol.Storage;
using Evergrant.Tests;
using static Evergrant.Storage.Tests.Rows;

namespace Evergrant.Storage.Tests;

/// <summary>Clients, resources and scopes.</summary>
public abstract class ClientTests<TStore> : StoreTests<TStore> where TStore : IStoreUnderTest, new()
{
    private static readonly Client Small = new() { Issuer = Issuer, ClientId = ClientId };

    private static readonly Client Full = new()
    {
        Issuer = Issuer, ClientId = "full", Revision = 41, Name = "Büro \"1\"", ApplicationType = ApplicationType.Native, AuthenticationMethod = ClientAuthenticationMethod.PrivateKeyJwt,
        SecretHashes = [[1, 2, 3], []], Jwks = """{"keys":[]}""", LegacyAssertionAudience = true, RedirectUris = ["https://a.example/cb?x=%20ä", "com.example:/cb"],
        LoopbackAnyPort = true, PostLogoutRedirectUris = ["https://a.example/"], GrantTypes = [], ResponseTypes = ["none"], Scopes = ["openid"], Resources = ["https://api.example"], AllowedOrigins = ["https://a.example"],
        MayIntrospect = true, SubjectType = SubjectType.Pairwise, SectorIdentifierUri = "https://a.example/s", IdTokenSignedResponseAlg = "ES256", UserInfoSignedResponseAlg = "RS256",
        AccessTokenFormat = AccessTokenFormat.Opaque, AccessTokenSignedAlg = "RS256", Consent = ConsentRule.Implied, RequirePkce = false, RedirectUriOptionalAtToken = true, MaxAge = 0,
        RequireAuthTime = true, ClaimsInIdToken = false, ClientUri = "https://a.example/about", CreatedAt = Now.AddTicks(7),
        Flags = ["expiring=off"],
        Exchanges = [new() { SubjectClients = ["a"], SubjectIssuers = ["https://idp.example"], Audiences = ["https://api.example"], Scopes = [], Impersonation = true, RefreshToken = true, PublicClient = true }],
        CrossDomain = [new() { Issuer = "https://as.example", Names = ["as"], ClientId = "there", Scopes = ["x"], Resources = ["urn:y"], Lifetime = TimeSpan.FromSeconds(9), MaximumAuthAge = TimeSpan.FromDays(2) }],
        MayAct = "gateway", GrantProfiles = ["urn:p"], ManagesGrants = true, NativeSsoGroup = "apps",
        JwksUri = "https://a.example/keys", CertificateSubject = new(CertificateSubjectKind.Dns, "a.example"), CertificateBoundAccessTokens = true, BearerWithoutCertificate = true,
        FrontchannelLogoutUri = "https://a.example/front", FrontchannelLogoutSessionRequired = true, BackchannelLogoutUri = "https://a.example/back", BackchannelLogoutSessionRequired = true,
        TokenDeliveryMode = TokenDeliveryMode.Ping, BackchannelNotificationEndpoint = "https://a.example/ping", BackchannelSigningAlg = "ES256",
        IdTokenEncryption = new("RSA-OAEP", "A128GCM"), UserInfoEncryption = new("RSA-OAEP", "A256GCM"), AuthorizationEncryption = new("ECDH-ES", "A256GCM"), RequestObjectEncryption = new("RSA-OAEP-256", "A128CBC-HS256"), IntrospectionSignedResponseAlg = "ES256", IntrospectionEncryption = new("ECDH-ES", "A128GCM"),
        DpopBoundAccessTokens = true, RequireDpopNonce = true, RequireAcrValues = true, RequirePushedAuthorizationRequests = true, UnregisteredRedirectUris = true, RequireSignedRequestObject = true,
        RequestObjectSigningAlg = "ES256", MergesRequestObject = true, RequestUris = ["https://a.example/request"], DetailsTypes = ["payment"], ResponseModes = ["jwt"], AuthorizationSignedResponseAlg = "ES256",
        Profile = "fapi2", LogoUri = "https://a.example/logo", TosUri = "https://a.example/tos", PolicyUri = "https://a.example/policy", Contacts = ["a@a.example"], SoftwareId = "s", SoftwareVersion = "1",
        InitiateLoginUri = "https://a.example/login", DefaultAcrValues = ["1"], AuthenticationSigningAlg = "ES256", Localized = new Dictionary<string, string> { ["client_name#ja"] = "事務所" },
        SecretExpiresAt = Now.AddDays(1), ConsentSince = Now.AddTicks(3), Registration = new() { TokenHash = [9], Open = true, GrantTypes = ["authorization_code"], SoftwareStatement = "a.b.c" },
        Policy = new GrantPolicy()
        {
            Name = "own", Retry = RetryRule.For(TimeSpan.FromSeconds(7)), RetryBudget = 5, RefreshTokens = RefreshTokenIssuance.Always, Rotate = false, OnReplay = ReplayReaction.Reject,
            IdleLifetime = null, AbsoluteLifetime = null, AccessTokenLifetime = TimeSpan.FromSeconds(1), OnStoreBehind = StoreBehindReaction.Refuse,
            OnRefresh = PreviousAccessToken.Revoke, IdTokenLifetime = TimeSpan.FromHours(1), CodeLifetime = TimeSpan.FromSeconds(1),
        },
    };

    [Fact]
    public async Task A_client_comes_back_with_every_member_and_is_replaced_as_a_whole()
    {
        await Store.Clients.SaveClientAsync(Small, default);
        await Store.Clients.SaveClientAsync(Full, default);
        await ReopenAsync();
        // Each write counts.
        Same(Small with { Revision = 1 }, await Store.Clients.FindClientAsync(Issuer, ClientId, default));
        Same(Full with { Revision = Full.Revision + 1 }, await Store.Clients.FindClientAsync(Issuer, "full", default));
        await Store.Clients.SaveClientAsync(Small with { ClientId = "full" }, default);
        Same(Small with { ClientId = "full", Revision = 1 }, await Store.Clients.FindClientAsync(Issuer, "full", default));
        Assert.Null(await Store.Clients.FindClientAsync("https://other.example", ClientId, default));
        Assert.Null(await Store.Clients.FindClientAsync(Issuer, "WEB", default));
    }

    [Fact]
    [Requirement("ATTACK-366")]
    public async Task Nobody_overwrites_a_change_that_they_did_not_know_of()
    {
        IClientStore clients = Store.Clients;
        Assert.True(await clients.ChangeClientAsync(Small, default));
        // Somebody else who makes a client of the name, or has read what is no more.
        Assert.False(await clients.ChangeClientAsync(Small with { Name = "second" }, default));
        Client read = (await clients.FindClientAsync(Issuer, ClientId, default))!;
        Assert.True(await clients.ChangeClientAsync(read with { SecretHashes = [] }, default));
        Assert.False(await clients.ChangeClientAsync(read with { SecretHashes = [Hash("leaked")] }, default));
        read = (await clients.FindClientAsync(Issuer, ClientId, default))!;
        Assert.Equal((2, 0), (read.Revision, read.SecretHashes.Count));
        // Of many at once one holds, and what was removed is not brought back.
        bool[] held = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(async () => await clients.ChangeClientAsync(read with { Name = $"n{i}" }, default))));
        Assert.Single(held, h => h);
        read = (await clients.FindClientAsync(Issuer, ClientId, default))!;
        Assert.Equal($"n{Array.IndexOf(held, true)}", read.Name);
        Assert.True(await clients.RemoveClientAsync(Issuer, ClientId, Now, default));
        Assert.False(await clients.ChangeClientAsync(read, default));
        Assert.Null(await clients.FindClientAsync(Issuer, ClientId, default));
    }

    [Fact]
    public void The_sample_of_a_client_sets_every_member()
    {
        EveryMemberDiffers(Full, Small, nameof(Client.Issuer), nameof(Client.FetchedKeys), nameof(Client.Policies));
    }

    [Fact]
    public async Task A_hash_of_a_secret_is_replaced_and_nothing_else_of_the_client()
    {
        byte[] old = Hash("old"), kept = Hash("kept"), renewed = [.. Hash("renewed"), 255, 255];
        Client client = Full with { SecretHashes = [old, kept], Name = "+/'%_" };
        await Store.Clients.SaveClientAsync(client, default);
        Assert.False(await Store.Clients.ReplaceSecretHashAsync(Issuer, "full", Hash("another"), renewed, default));
        Assert.False(await Store.Clients.ReplaceSecretHashAsync("https://other.example", "full", old, renewed, default));
        Assert.True(await Store.Clients.ReplaceSecretHashAsync(Issuer, "full", old, renewed, default));
        Assert.False(await Store.Clients.ReplaceSecretHashAsync(Issuer, "full", old, renewed, default));
        Same(client with { SecretHashes = [renewed, kept], Revision = client.Revision + 1 }, await Store.Clients.FindClientAsync(Issuer, "full", default));
    }

    [Fact]
    public async Task A_policy_without_ends_stays_without_ends()
    {
        await Store.Clients.SaveClientAsync(Full, default);
        Client stored = (await Store.Clients.FindClientAsync(Issuer, "full", default))!;
        GrantPolicy policy = stored.EffectivePolicy;
        Assert.Null(policy.IdleLifetime);
        Assert.Null(policy.AbsoluteLifetime);
        Assert.Equal(Full.Policy, stored.Policy);
    }

    [Fact]
    public async Task Clients_are_listed_by_id_for_one_issuer_or_all()
    {
        foreach ((string issuer, string id) in ((string, string)[])[("i-2", "b"), ("i-1", "c"), ("i-1", "a")])
            await Store.Clients.SaveClientAsync(Small with { Issuer = issuer, ClientId = id }, default);
        Assert.Equal(["a", "c"], (await Store.Clients.ListClientsAsync("i-1", default)).Select(client => client.ClientId));
        Assert.Equal(["a", "b", "c"], (await Store.Clients.ListClientsAsync(null, default)).Select(client => client.ClientId));
    }

    [Fact]
    public async Task Removing_a_client_ends_its_grants_and_consents_and_no_other()
    {
        await Store.Clients.SaveClientAsync(Small, default);
        await CommitAsync(new CreateGrant(Active(Id(1))));
        await CommitAsync(new CreateGrant(Active(Id(2)) with { ClientId = "other" }));
        await CommitAsync(new CreateGrant(Active(Id(3)) with { Issuer = "https://other.example" }));
        await CommitAsync(new SaveConsent(Rows.Consent()));
        await CommitAsync(new SaveConsent(Rows.Consent(clientId: "other")));
        Assert.True(await Store.Clients.RemoveClientAsync(Issuer, ClientId, Now.AddDays(1), default));
        Assert.Null(await Store.Clients.FindClientAsync(Issuer, ClientId, default));
        Grant ended = await GrantAsync(Id(1));
        Assert.Equal(RevocationCause.ClientRemoved, ended.RevokedWhy);
        Assert.Equal(Now.AddDays(1), ended.RevokedAt);
        Assert.Equal(GrantState.Active, (await GrantAsync(Id(2))).State);
        Assert.Equal(GrantState.Active, (await GrantAsync(Id(3))).State);
        Assert.Null(await Grants.FindConsentAsync(Issuer, Subject, ClientId, default));
        Assert.NotNull(await Grants.FindConsentAsync(Issuer, Subject, "other", default));
        Assert.False(await Store.Clients.RemoveClientAsync(Issuer, ClientId, Now, default));
    }

    [Fact]
    public async Task Removing_a_client_that_is_not_there_ends_nothing()
    {
        await CommitAsync(new CreateGrant(Active()));
        Assert.False(await Store.Clients.RemoveClientAsync(Issuer, ClientId, Now, default));
        Assert.Equal(GrantState.Active, (await GrantAsync(GrantId)).State);
    }

    [Fact]
    public async Task Resources_come_back_by_identifier_are_replaced_and_removed()
    {
        ApiResource notes = new() { Identifier = "https://notes.example", Name = "Nötes", Scopes = [new("read", "Lesen", true), new("write")], AccessTokenFormat = AccessTokenFormat.Opaque };
        await Store.Clients.SaveResourceAsync(notes, default);
        await Store.Clients.SaveResourceAsync(new() { Identifier = "a" }, default);
        await ReopenAsync();
        IReadOnlyList<ApiResource> all = await Store.Clients.ListResourcesAsync(default);
        Same([new() { Identifier = "a" }, notes], all);
        await Store.Clients.SaveResourceAsync(notes with { Name = null, Scopes = [] }, default);
        Assert.True(await Store.Clients.RemoveResourceAsync("a", default));
        Assert.False(await Store.Clients.RemoveResourceAsync("a", default));
        Same(notes with { Name = null, Scopes = [] }, Assert.Single(await Store.Clients.ListResourcesAsync(default)));
    }

    [Fact]
    public async Task Scopes_come_back_are_replaced_and_removed()
    {
        await Store.Clients.SaveScopeAsync(new("b", "Zwei", true), default);
        await Store.Clients.SaveScopeAsync(new("a"), default);
        await ReopenAsync();
        Assert.Equal([new("a"), new("b", "Zwei", true)], await Store.Clients.ListScopesAsync(default));
        await Store.Clients.SaveScopeAsync(new("b"), default);
        Assert.True(await Store.Clients.RemoveScopeAsync("a", default));
        Assert.False(await Store.Clients.RemoveScopeAsync("a", default));
        Assert.Equal([new("b")], await Store.Clients.ListScopesAsync(default));
    }

    [Fact]
    public async Task Named_policies_come_back_as_written_and_are_replaced_and_removed()
    {
        PolicyDocument one = Policy("""{"name":"b","idle_lifetime":null,"description":"täglich \\u0041"}""");
        PolicyDocument other = Policy("""{"name":"a","extends":"b","overrides":[{"name":"x","when":{"client_flag":"f"},"set":{"rotate":false}}]}""");
        await Store.Clients.SavePolicyAsync(one, default);
        await Store.Clients.SavePolicyAsync(other, default);
        await ReopenAsync();
        Assert.Equal([other, one], await Store.Clients.ListPoliciesAsync(default));
        PolicyDocument again = Policy("""{"name":"b","rotate":false}""");
        await Store.Clients.SavePolicyAsync(again, default);
        Assert.True(await Store.Clients.RemovePolicyAsync("a", default));
        Assert.False(await Store.Clients.RemovePolicyAsync("a", default));
        Assert.Equal([again], await Store.Clients.ListPoliciesAsync(default));
    }

    [Fact]
    public async Task Trusted_issuers_come_back_are_replaced_and_removed()
    {
        var one = new TrustedIssuer
        {
            Issuer = "https://id.example/b", Name = "https://idp.example", Jwks = "{\"keys\":[]}", JwksUri = "https://idp.example/jwks", Audiences = ["urn:us"], MaximumLifetime = TimeSpan.FromMinutes(2), MaximumAge = TimeSpan.FromMinutes(3),
            Subject = SubjectMapping.UserName, SubjectClaim = "täglich", Clients = ["a", "b"], Scopes = [], PublicClients = true,
        };
        TrustedIssuer other = one with { Issuer = "https://id.example/a", Scopes = null };
        await Store.Clients.SaveTrustedIssuerAsync(one, default);
        await Store.Clients.SaveTrustedIssuerAsync(other, default);
        await ReopenAsync();
        Same<IReadOnlyList<TrustedIssuer>>([other, one], await Store.Clients.ListTrustedIssuersAsync(default));
        TrustedIssuer again = one with { Clients = ["c"] };
        await Store.Clients.SaveTrustedIssuerAsync(again, default);
        Assert.True(await Store.Clients.RemoveTrustedIssuerAsync(other.Issuer, other.Name, default));
        Assert.False(await Store.Clients.RemoveTrustedIssuerAsync(other.Issuer, other.Name, default));
        Same<IReadOnlyList<TrustedIssuer>>([again], await Store.Clients.ListTrustedIssuersAsync(default));
    }

    [Fact]
    public async Task The_consents_of_a_user_are_listed_and_nobody_elses()
    {
        foreach ((string subject, string client) in ((string, string)[])[(Subject, "b"), (Subject, "a"), ("s-2", "c")])
            await CommitAsync(new SaveConsent(Rows.Consent(subject, client)));
        Assert.Equal(["a", "b"], (await Grants.ListConsentsAsync(Subject, default)).Select(c => c.ClientId));
        Same(Rows.Consent(Subject, "a"), (await Grants.ListConsentsAsync(Subject, default))[0]);
        Assert.Empty(await Grants.ListConsentsAsync("nobody", default));
    }

    private static PolicyDocument Policy(string json)
    {
        var faults = new List<string>();
        PolicyDocument policy = PolicyDocument.Parse(JsonDocument.Parse(json).RootElement, "", faults, null)!;
        Assert.Empty(faults);
        return policy;
    }
}
