using System.Text.Json;
using System.Text.Json.Nodes;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;

namespace Evergrant.Protocol.Tests.Clients;

public class ClientMetadataTests
{
    private static Parsed<Client> Parse(string json, bool loopback = false, Client? existing = null) =>
        ClientMetadata.Parse(JsonDocument.Parse(json).RootElement, new ClientRegistrationContext(Sample.Issuer, Sample.Catalogue, loopback, Sample.Now, existing));

    private static string Fault(string members) => string.Join('\n', Parse($$"""{"client_id":"x","redirect_uris":["https://app.example/cb"],{{members}}}""").Faults);

    [Fact]
    public void Bytes_that_are_no_text_are_a_fault_and_throw_nothing()
    {
        byte[] json = [.. "{\"client_id\":\"x\",\"client_name\":\""u8, 0xff, .. "\"}"u8];
        Parsed<Client> client = ClientMetadata.Parse(JsonDocument.Parse(json).RootElement, new ClientRegistrationContext(Sample.Issuer, Sample.Catalogue, false, Sample.Now));
        Assert.Contains("valid text", Assert.Single(client.Faults), StringComparison.Ordinal);
    }

    [Fact]
    [Requirement("RFC7591-2-02")]
    public void Little_is_enough_and_the_rest_has_its_default()
    {
        Client client = Parse("""{"client_id":"x","redirect_uris":["https://app.example/cb"]}""").Value!;
        Assert.Equal((ClientAuthenticationMethod.ClientSecretBasic, true, SubjectType.Public, ConsentRule.Ask), (client.AuthenticationMethod, client.RequirePkce, client.SubjectType, client.Consent));
        Assert.Equal(["code"], client.ResponseTypes);
        Assert.Equal((Sample.Issuer, Sample.Now), (client.Issuer, client.CreatedAt));
        Assert.Null(client.Policy);
    }

    [Theory]
    [InlineData("native")]
    [InlineData("browser")]
    [Requirement("RFC8252-8.4-01", "RFC6749-10.1-01")]
    public void A_client_on_the_users_device_is_public_unless_it_has_a_key(string type)
    {
        Assert.True(Parse($$"""{"client_id":"x","application_type":"{{type}}","redirect_uris":["https://app.example/cb"]}""").Value!.IsPublic);
        Assert.Contains("token_endpoint_auth_method", Fault($"\"application_type\":\"{type}\",\"token_endpoint_auth_method\":\"client_secret_post\""), StringComparison.Ordinal);
    }

    [Fact]
    public void All_faults_come_at_once()
    {
        Parsed<Client> parsed = Parse("""
            {"client_id":"a b","client_name":7,"application_type":"desktop","token_endpoint_auth_method":"none","redirect_uris":["/cb","https://a.example/#x"],
             "grant_types":["password","client_credentials"],"response_types":["token"],"scope":"a  b","resources":["https://unheard.example"],"introspect":true,"jwks":{},
             "subject_type":"x","sector_identifier_uri":"http://x","id_token_signed_response_alg":"none","access_token_format":"x","consent":"x","require_pkce":false,
             "default_max_age":-1,"allowed_origins":["https://a.example/"],"unheard":1,
             "policy":{"refresh_tokens":"x","rotate":false,"retry":"x","retry_budget":151,"on_replay":"x","idle_lifetime":"x","code_lifetime":"01:00:00","access_token_lifetime":"0","unheard":1}}
            """);
        Assert.False(parsed.IsValid);
        string[] members =
        [
            "client_id", "client_name", "application_type", "redirect_uris", "grant_types", "response_types", "scope", "resources", "introspect", "jwks", "subject_type",
            "sector_identifier_uri", "id_token_signed_response_alg", "access_token_format", "consent", "require_pkce", "default_max_age", "allowed_origins", "unheard",
            "policy.refresh_tokens", "policy.rotate", "policy.retry", "policy.retry_budget", "policy.on_replay", "policy.idle_lifetime", "policy.code_lifetime", "policy.access_token_lifetime", "policy.unheard",
        ];
        Assert.All(members, member => Assert.Contains(parsed.Faults, f => f.StartsWith(member + " ", StringComparison.Ordinal)));
        Assert.Equal(2, parsed.Faults.Count(f => f.StartsWith("redirect_uris ", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("\"redirect_uris\":[]", "redirect_uris is empty")]
    [InlineData("\"token_endpoint_auth_method\":\"private_key_jwt\"", "jwks is missing")]
    [InlineData("\"subject_type\":\"pairwise\",\"redirect_uris\":[\"https://a.example/cb\",\"https://b.example/cb\"]", "sector_identifier_uri is missing")]
    [InlineData("\"scope\":\"unheard:of\"", "scope has a value")]
    [InlineData("\"policy\":[]", "policy is not an object")]
    [InlineData("\"client_uri\":\"javascript:alert(1)\"", "client_uri ")]
    [Requirement("OIDC-CORE-8.1-05", "RFC7591-2-01")]
    public void What_does_not_go_together_is_refused(string members, string fault)
    {
        string json = members.Contains("redirect_uris", StringComparison.Ordinal) ? $$"""{"client_id":"x",{{members}}}""" : $$"""{"client_id":"x","redirect_uris":["https://app.example/cb"],{{members}}}""";
        Assert.Contains(Parse(json).Faults, f => f.StartsWith(fault, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"x\"")]
    [InlineData("{}")]
    [InlineData("""{"client_id":"\ud800"}""")]
    [InlineData("""{"client_id":"x","redirect_uris":["\ud800"]}""")]
    [InlineData("""{"client_id":"x","scope":"\udc00"}""")]
    [InlineData("""{"client_id":"x","consent":"\ud800"}""")]
    [InlineData("""{"\ud800":"x"}""")]
    [InlineData("""{"client_id":"x","redirect_uris":"https://a"}""")]
    public void Nothing_throws_whatever_is_registered(string json) => Assert.NotEmpty(Parse(json).Faults);

    [Fact]
    public void What_was_registered_keeps_its_secrets_and_its_date()
    {
        Client existing = Sample.Web with { SecretHashes = [[1]], CreatedAt = Sample.Now.AddDays(-9) };
        const string Json = """{"client_id":"x","redirect_uris":["https://app.example/cb"]METHOD}""";
        Client client = Parse(Json.Replace("METHOD", "", StringComparison.Ordinal), existing: existing).Value!;
        Assert.Equal((existing.SecretHashes, existing.CreatedAt), (client.SecretHashes, client.CreatedAt));
        Assert.Empty(Parse(Json.Replace("METHOD", ",\"token_endpoint_auth_method\":\"none\"", StringComparison.Ordinal), existing: existing).Value!.SecretHashes);
    }

    [Fact]
    public void Null_in_a_policy_means_none_and_absence_the_built_in_value()
    {
        GrantPolicy policy = Parse("""{"client_id":"x","redirect_uris":["https://app.example/cb"],"policy":{"idle_lifetime":null,"retry_budget":null,"retry":"00:00:30"}}""").Value!.EffectivePolicy;
        Assert.Equal(("client:x", null, TimeSpan.FromDays(90), null, RetryRule.For(TimeSpan.FromSeconds(30))), (policy.Name, policy.IdleLifetime, policy.AbsoluteLifetime, policy.RetryBudget, policy.Retry));
    }

    public static TheoryData<Client> Clients =>
    [
        Sample.Web,
        Sample.Native,
        Sample.Web with
        {
            Name = "Wéb \"x\"", ClientUri = "https://app.example", MayIntrospect = true, Resources = [Sample.Notes], SubjectType = SubjectType.Pairwise, SectorIdentifierUri = "https://s.example/x",
            IdTokenSignedResponseAlg = "ES256", UserInfoSignedResponseAlg = "PS256", AccessTokenSignedAlg = "RS256", AccessTokenFormat = AccessTokenFormat.Opaque, Consent = ConsentRule.Implied,
            RequirePkce = false, RedirectUriOptionalAtToken = true, MaxAge = 0, RequireAuthTime = true, ClaimsInIdToken = false, AllowedOrigins = ["https://app.example"],
            PostLogoutRedirectUris = ["https://app.example/bye"], LegacyAssertionAudience = true, AuthenticationMethod = ClientAuthenticationMethod.ClientSecretPost,
            Flags = ["a=b"],
            Policy = new GrantPolicy
            {
                Name = "p", Retry = RetryRule.For(TimeSpan.FromSeconds(90)), RetryBudget = 0, Rotate = false, RefreshTokens = RefreshTokenIssuance.Always, OnReplay = ReplayReaction.Reject,
                OnStoreBehind = StoreBehindReaction.Refuse, OnRefresh = PreviousAccessToken.Revoke, IdleLifetime = null, AbsoluteLifetime = null, CodeLifetime = TimeSpan.FromSeconds(9),
            },
        },
        Sample.Web with { Policy = GrantPolicy.Confidential with { Retry = RetryRule.Never, RefreshTokens = RefreshTokenIssuance.Never } },
    ];

    [Theory]
    [MemberData(nameof(Clients))]
    public void What_is_written_is_read_back(Client client)
    {
        JsonObject written = ClientMetadata.Write(client);
        Parsed<Client> parsed = Parse(written.ToJsonString());
        Assert.Empty(parsed.Faults);
        Assert.Equal(written.ToJsonString(), ClientMetadata.Write(parsed.Value!).ToJsonString());
        Assert.Equal(client.Policy, parsed.Value!.Policy);
        Assert.All(written, member => Assert.Contains(member.Key, ClientMetadata.Members));
    }

    [Fact]
    public void A_secret_is_never_written() =>
        Assert.DoesNotContain("secret_hash", ClientMetadata.Write(Sample.Web with { SecretHashes = [[1, 2, 3]] }).ToJsonString(), StringComparison.OrdinalIgnoreCase);
}
