using System.Text;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Registration;

namespace Evergrant.Protocol.Tests.Registration;

/// <summary>Which URLs name a client, and what a document makes of it.</summary>
public class ClientDocumentTests
{
    private const string Id = "https://client.example/metadata";

    private static readonly ClientDocumentRules Rules = new([], AllowQuery: false, SameOriginRedirects: false, AllowLoopback: false);

    private static readonly RegistrationTerms Terms = new(
        "https://id.example", ScopeCatalogue.Empty, ["authorization_code", "refresh_token"], [], [], Open: true, AllowLoopback: false, new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData(Id, true)]
    [InlineData("https://client.example/", true)]
    [InlineData("https://client.example/a/b.json", true)]
    [InlineData("https://client.example", false)]
    [InlineData("http://client.example/metadata", false)]
    [InlineData("http://127.0.0.1/metadata", false)]
    [InlineData("https://client.example/metadata?x", false)]
    [InlineData("https://client.example/a/./b", false)]
    [InlineData("https://client.example/a/..", false)]
    [InlineData("https://client.example/%2E%2e/a", false)]
    [InlineData("https://client.example/a#b", false)]
    [InlineData("https://me@client.example/a", false)]
    [InlineData("https://client.example/a b", false)]
    [Requirement("CIMD-3-01", "CIMD-3-02")]
    public void A_URL_names_a_client_only_in_its_plain_form(string url, bool good) => Assert.Equal(good, ClientDocument.Fault(url, Rules) is null);

    [Fact]
    [Requirement("CIMD-3-02")]
    public void A_query_is_for_the_operator_to_allow() => Assert.Null(ClientDocument.Fault(Id + "?x=1", Rules with { AllowQuery = true }));

    [Theory]
    [InlineData("https://client.example/a", true)]
    [InlineData("https://sub.client.example/a", false)]
    [InlineData("https://evilclient.example/a", false)]
    [InlineData("https://x.partner.example/a", true)]
    [InlineData("https://partner.example/a", false)]
    [InlineData("https://evilpartner.example/a", false)]
    [Requirement("CIMD-6.10-01", "ATTACK-350")]
    public void Hosts_are_compared_by_whole_labels(string url, bool good) =>
        Assert.Equal(good, ClientDocument.Fault(url, Rules with { AllowedHosts = ["client.example", "*.partner.example"] }) is null);

    [Fact]
    [Requirement("CIMD-6.1-01")]
    public void Redirect_URIs_may_be_bound_to_the_origin_of_the_URL()
    {
        Assert.NotNull(Read("https://elsewhere.example/cb", Rules).Client);
        Assert.Null(Read("https://elsewhere.example/cb", Rules with { SameOriginRedirects = true }).Client);
        Assert.NotNull(Read("https://client.example/cb", Rules with { SameOriginRedirects = true }).Client);
    }

    [Fact]
    public void A_document_that_says_little_is_a_public_client_that_may_refresh()
    {
        Client client = Read("https://client.example/cb", Rules).Client!;
        Assert.True(client is { IsPublic: true, IsDocument: true, IsSelfAsserted: true, RequirePkce: true });
        Assert.Equal(["authorization_code", "refresh_token"], client.GrantTypes);
        Assert.Equal(Id, client.ClientId);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"client_id":7}""")]
    [InlineData("""{"client_id":"https://client.example/metadata","client_id":"https://client.example/metadata","redirect_uris":["https://client.example/cb"]}""")]
    [InlineData("""{"client_id":"https://client.example/metadata","token_endpoint_auth_method":7,"client_secret":"x","redirect_uris":["https://client.example/cb"]}""")]
    [Requirement("ATTACK-263")]
    public void Nonsense_is_no_document(string json) => Assert.Equal(Refusal.ClientDocumentInvalid, ClientDocument.Read(Id, Encoding.UTF8.GetBytes(json), Terms, Rules, null).Error!.Refusal);

    private static (Client? Client, OAuthError? Error) Read(string redirect, ClientDocumentRules rules) =>
        ClientDocument.Read(Id, Encoding.UTF8.GetBytes($$"""{"client_id":"{{Id}}","redirect_uris":["{{redirect}}"]}"""), Terms, rules, null);
}
