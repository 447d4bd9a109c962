using System.Text;
using System.Text.Json;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Registration;

namespace Evergrant.Protocol.Tests.Registration;

/// <summary>What a client may say of itself, and what a server in production makes of it.</summary>
public class ClientRegistrationTests
{
    private static readonly ScopeCatalogue Catalogue = new(
        [new ApiResource { Identifier = "https://mail.example", Scopes = [new("mail:read"), new("mail:hidden", Hidden: true)] }, new ApiResource { Identifier = "https://admin.example", Scopes = [new("admin")] }], [new("extra")]);

    private static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly RegistrationTerms Open = new("https://id.example", Catalogue, ["authorization_code", "refresh_token"], [], ["https://mail.example"], Open: true, AllowLoopback: false, Now);

    [Theory]
    [InlineData("""{"redirect_uris":["https://localhost/cb"],"application_type":"web"}""", true)]
    [InlineData("""{"redirect_uris":["http://localhost/cb"],"application_type":"web"}""", false)]
    [InlineData("""{"redirect_uris":["http://127.0.0.1/cb"],"application_type":"web"}""", false)]
    [InlineData("""{"redirect_uris":["http://127.0.0.1/cb"],"application_type":"native"}""", true)]
    [InlineData("""{"redirect_uris":["http://remote.example/cb"],"application_type":"native"}""", false)]
    [InlineData("""{"redirect_uris":["http://127.0.0.1/cb"]}""", true)]
    [InlineData("""{"redirect_uris":["com.example.app:/cb"]}""", true)]
    [Requirement("OIDC-REG-2-06", "OIDC-REG-2-08", "ATTACK-018", "ATTACK-019")]
    public void The_kind_of_application_says_which_addresses_it_may_have(string json, bool good) => Assert.Equal(good, Decide(json) is Registrable);

    [Fact]
    [Requirement("ATTACK-346")]
    public void Only_scopes_of_the_APIs_that_strangers_may_use_are_registered()
    {
        Client client = Registered("""{"redirect_uris":["https://a.example/cb"],"scope":"openid mail:read mail:hidden admin extra unknown"}""");
        Assert.Equal(["openid", "mail:read"], client.Scopes);
        Assert.Equal(["https://mail.example"], client.Resources);
        Assert.IsType<RegistrationRefused>(Decide("""{"redirect_uris":["https://a.example/cb"],"scope":"admin"}"""));
        Assert.Equal(["openid", "profile", "email", "address", "phone", "offline_access", "mail:read"], Registered("""{"redirect_uris":["https://a.example/cb"]}""").Scopes);
    }

    [Fact]
    public void A_star_opens_everything_that_is_published()
    {
        var decision = ClientRegistration.Decide(Json("""{"redirect_uris":["https://a.example/cb"],"scope":"admin extra mail:hidden"}"""), "c_1", Open with { Scopes = ["*"], Resources = ["*"] }, null);
        Assert.Equal(["admin", "extra"], Assert.IsType<Registrable>(decision).Client.Scopes);
    }

    [Fact]
    public void Grant_types_that_strangers_may_not_have_are_left_out()
    {
        Assert.Equal(["authorization_code"], Registered("""{"redirect_uris":["https://a.example/cb"],"grant_types":["authorization_code","client_credentials","password"]}""").GrantTypes);
        Assert.IsType<RegistrationRefused>(Decide("""{"grant_types":["client_credentials"]}"""));
    }

    [Fact]
    public void What_only_the_operator_says_is_not_looked_at()
    {
        Client client = Registered("""{"redirect_uris":["https://a.example/cb"],"consent":"implied","introspect":true,"require_pkce":false,"legacy_assertion_audience":true,"flags":["trusted"],"resources":["https://admin.example"],"policy":{"rotate":false},"issuer":"https://other.example","allowed_origins":["https://evil.example"],"client_id":"web"}""");
        Assert.Equal(("https://id.example", "c_1", ConsentRule.Ask, false, true, false, 0, 0), (client.Issuer, client.ClientId, client.Consent, client.MayIntrospect, client.RequirePkce, client.LegacyAssertionAudience, client.Flags.Count, client.AllowedOrigins.Count));
        Assert.Null(client.Policy);
        Assert.Equal(["https://mail.example"], client.Resources);
        Assert.True(client.IsSelfAsserted);
    }

    [Fact]
    [Requirement("OIDC-REG-2-13")]
    public void Keys_for_two_purposes_all_say_which()
    {
        const string Key = """{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"USE}""";
        string With(string second) => """{"redirect_uris":["https://a.example/cb"],"jwks":{"keys":[""" + Key.Replace("USE", ",\"use\":\"enc\"", StringComparison.Ordinal) + "," + Key.Replace("USE", second, StringComparison.Ordinal) + "]}}";
        Assert.IsType<RegistrationRefused>(Decide(With("")));
        Assert.IsType<Registrable>(Decide(With(",\"use\":\"sig\"")));
    }

    [Fact]
    [Requirement("OIDC-REG-2-16")]
    public void No_ID_Token_is_unsigned() => Assert.IsType<RegistrationRefused>(Decide("""{"redirect_uris":["https://a.example/cb"],"id_token_signed_response_alg":"none"}"""));

    [Fact]
    public void A_name_loses_what_cannot_be_seen()
    {
        Assert.Equal("Bank", Registered("""{"redirect_uris":["https://a.example/cb"],"client_name":"\u202eBa\u200bnk\u0000 "}""").Name);
        Assert.IsType<RegistrationRefused>(Decide("""{"redirect_uris":["https://a.example/cb"],"client_name":"\u200b"}"""));
        Assert.IsType<RegistrationRefused>(Decide("{\"redirect_uris\":[\"https://a.example/cb\"],\"client_name\":\"" + new string('x', 201) + "\"}"));
    }

    [Theory]
    [InlineData("7")]
    [InlineData("[]")]
    [InlineData("""{"redirect_uris":[7]}""")]
    [InlineData("""{"redirect_uris":{"a":1}}""")]
    [InlineData("""{"redirect_uris":["https://a.example/cb"],"application_type":7}""")]
    [InlineData("""{"redirect_uris":["https://a.example/cb"],"response_types":"code"}""")]
    [InlineData("""{"redirect_uris":["https://a.example/cb"],"grant_types":[7]}""")]
    [InlineData("""{"redirect_uris":["https://a.example/cb"],"contacts":"me"}""")]
    [InlineData("""{"redirect_uris":["https://a.example/cb"],"client_uri":7}""")]
    [InlineData("""{"redirect_uris":["https://a.example/cb"],"client_name#de":7}""")]
    [InlineData("""{"redirect_uris":["https://a.example/cb"],"jwks":{"keys":[7]}}""")]
    [InlineData("""{"redirect_uris":["https://a.example/cb"],"jwks":{"keys":[{"kty":7}]}}""")]
    [InlineData("""{"redirect_uris":["https://a.example/cb"],"require_auth_time":"yes"}""")]
    public void Members_of_a_wrong_type_are_refused_in_words_that_repeat_nothing(string json)
    {
        OAuthError error = Assert.IsType<RegistrationRefused>(Decide(json)).Error;
        Assert.True(error.Code is "invalid_redirect_uri" or "invalid_client_metadata");
        Assert.DoesNotContain("a.example", error.Description, StringComparison.Ordinal);
    }

    [Fact]
    public void A_client_in_other_hands_is_asked_about_again()
    {
        Client before = Registered("""{"redirect_uris":["https://a.example/cb"]}""");
        RegistrationDecision Update(string json) => ClientRegistration.Decide(Json(json), "c_1", Open with { Now = Now.AddDays(1) }, before);
        Assert.Null(Assert.IsType<Registrable>(Update("""{"redirect_uris":["https://a.example/cb"],"contacts":["x"]}""")).Client.ConsentSince);
        Assert.Equal(Now.AddDays(1), Assert.IsType<Registrable>(Update("""{"redirect_uris":["https://b.example/cb"]}""")).Client.ConsentSince);
        Assert.Equal(Now, Assert.IsType<Registrable>(Update("""{"redirect_uris":["https://b.example/cb"]}""")).Client.CreatedAt);
    }

    private static Client Registered(string json) => Assert.IsType<Registrable>(Decide(json)).Client;

    private static RegistrationDecision Decide(string json) => ClientRegistration.Decide(Json(json), "c_1", Open, null);

    private static JsonElement Json(string json) => JsonDocument.Parse(Encoding.UTF8.GetBytes(json)).RootElement;
}
