using System.Text.Json;
using Evergrant.Protocol.Authorize;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Token;

namespace Evergrant.Protocol.Tests.Authorize;

public class AuthorizationDetailsTests
{
    private const string Granted = """[{"type":"look","actions":["a","b"],"limit":{"n":1}}]""";

    private static readonly ScopeCatalogue Catalogue = new(
        [
            new()
            {
                Identifier = Sample.Notes,
                DetailsTypes = [new("look") { Fields = [new("actions", DetailsKind.Texts, false, ["a", "b"]), new("limit", DetailsKind.Members), new("loud", DetailsKind.Flag), new("times", DetailsKind.Number, true)] }],
            },
        ],
        []);

    private static TokenRequest Asking(string? details, params string[] resources) => new() { GrantType = "refresh_token", Details = details, Resources = resources };

    [Theory]
    [InlineData("""[{"type":"look","times":1}]""", true)]
    [InlineData("""[{"type":"look","times":1,"actions":["b"],"limit":{},"loud":true,"locations":["https://notes.example"]}]""", true)]
    [InlineData("""[{"type":"look"}]""", false)]
    [InlineData("""[{"type":"look","times":"1"}]""", false)]
    [InlineData("""[{"type":"look","times":1,"actions":["c"]}]""", false)]
    [InlineData("""[{"type":"look","times":1,"actions":"a"}]""", false)]
    [InlineData("""[{"type":"look","times":1,"limit":[]}]""", false)]
    [InlineData("""[{"type":"look","times":1,"loud":"true"}]""", false)]
    [InlineData("""[{"type":"look","times":1,"other":1}]""", false)]
    [InlineData("""[{"type":"look","times":1,"locations":["https://files.example"]}]""", false)]
    [InlineData("""[{"type":"listen","times":1}]""", false)]
    public void An_object_is_what_its_type_declares(string json, bool good)
    {
        IReadOnlyList<JsonElement> details = AuthorizationDetails.Parse(json)!;
        Assert.Equal(good, AuthorizationDetails.Judge(details, Sample.Web with { Resources = [Sample.Notes] }, Catalogue) is null);
        Assert.Equal(Refusal.DetailsTypeUnknown, AuthorizationDetails.Judge(details, Sample.Web with { DetailsTypes = ["another"] }, Catalogue)!.Refusal);
    }

    [Theory]
    [InlineData("""[{"type":"look","actions":["a","b"],"limit":{"n":1}}]""", true)]
    [InlineData("""[{"type":"look","actions":["b"],"limit":{"n":1}}]""", true)]
    [InlineData("""[{"limit":{"n":1},"actions":["a"],"type":"look"},{"type":"look","actions":["b"],"limit":{"n":1}}]""", true)]
    [InlineData("""[{"type":"look","actions":[],"limit":{"n":1}}]""", false)]
    [InlineData("""[{"type":"look","limit":{"n":1}}]""", false)]
    [InlineData("""[{"type":"look","actions":["a"]}]""", false)]
    [InlineData("""[{"type":"look","actions":["a","c"],"limit":{"n":1}}]""", false)]
    [InlineData("""[{"type":"look","actions":["a"],"limit":{"n":2}}]""", false)]
    [InlineData("""[{"type":"look","actions":["a"],"limit":{"n":1},"loud":true}]""", false)]
    [InlineData("[]", false)]
    public void Less_than_was_granted_is_covered_and_nothing_else(string asked, bool covered)
    {
        TokenAudience? access = new([Sample.Issuer], "");
        OAuthError? error = AuthorizationDetails.Narrow(Granted, Asking(asked), Catalogue, ref access);
        Assert.Equal(covered, error is null);
        if (covered) Assert.Equal((asked, 2), (access!.Details, access.Audience.Count));
    }

    [Fact]
    public void A_token_for_another_API_has_none_and_one_without_any_stays_as_it_is()
    {
        TokenAudience? access = new([Sample.Files], "");
        Assert.Null(AuthorizationDetails.Narrow(Granted, Asking(null, Sample.Files), Catalogue, ref access));
        Assert.Equal((null, 1), (access!.Details, access.Audience.Count));
        Assert.Null(AuthorizationDetails.Narrow(null, Asking(null), Catalogue, ref access));
        Assert.Equal(Refusal.DetailsWidened, AuthorizationDetails.Narrow(null, Asking(Granted), Catalogue, ref access)!.Refusal);
        Assert.Null(AuthorizationDetails.SeenBy(Granted, [Sample.Files], Catalogue));
        Assert.Equal(Granted, AuthorizationDetails.SeenBy(Granted, [Sample.Notes], Catalogue));
    }
}
