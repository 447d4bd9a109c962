using System.Text.Json.Nodes;

namespace Evergrant.Specs.Rfc7521;

/// <summary>Whom a server trusts is declared, and nobody is by default.</summary>
public sealed class DeclaredTrust(Server server)
{
    [Fact]
    [Requirement("RFC6749-4.5-01", "ATTACK-370")]
    public async Task Without_a_client_for_it_the_grant_is_not_there()
    {
        (await server.Client(Clients.Web).Token(("grant_type", BearerClients.JwtBearer), ("assertion", ForeignIssuer.Company.Assertion(server.Issuer)))).Expect(400, "unsupported_grant_type");
        Assert.DoesNotContain(BearerClients.JwtBearer, (await server.Api.Metadata()).Json.GetProperty("grant_types_supported").EnumerateArray().Select(g => g.GetString()));
    }

    [Fact]
    public async Task Every_fault_of_a_declaration_is_told_and_nothing_is_kept()
    {
        var good = ForeignIssuer.Company.Declared(server.Issuer, ["web"]);
        var faulty = new JsonObject
        {
            ["issuer"] = server.Issuer, ["jwks"] = new JsonObject { ["keys"] = 5 }, ["uses"] = new JsonArray("everything"), ["scopes"] = new JsonArray("unheard-of"), ["max_lifetime"] = "2.00:00:00", ["trust"] = "all",
        };
        var own = ForeignIssuer.Company.Declared(server.Issuer, ["web"], ("iss", server.Issuer));
        var applied = await server.Apply(new JsonObject { ["trusted_issuers"] = new JsonArray(good, good.DeepClone(), faulty, own) }.ToJsonString());
        Assert.NotEqual(0, applied.ExitCode);
        foreach (string fault in new[]
        {
            "trusted_issuers[1]: https://idp.example is declared twice", "trusted_issuers[2].iss is missing", "trusted_issuers[2].jwks ", "trusted_issuers[2].clients is missing", "trusted_issuers[2].uses has everything",
            "trusted_issuers[2].scopes has a value", "trusted_issuers[2].max_lifetime is not", "trusted_issuers[2].trust is not a setting", "trusted_issuers[3].iss: " + server.Issuer + " is this server",
        }) Assert.Contains(fault, applied.Errors + applied.Output, StringComparison.Ordinal);
    }
}
