using System.Text.Json.Nodes;

namespace Evergrant.Specs.Rfc7521;

/// <summary>A server on which the grants that are off by default are on: clients are registered for them, and others are trusted.</summary>
public sealed class GrantsServer : DevelopmentServer
{
    /// <inheritdoc/>
    protected override async Task Prepared()
    {
        await Declare([.. BearerClients.All, .. Rfc8693.ExchangeClients.All, .. IdJag.IdJagClients.All, Rfc7522.Section3_Assertions.Web, Rfc6749.Section4_3_Password.Old, Rfc6749.Section4_3_Password.Trusted]);
        var trusted = new JsonObject { ["trusted_issuers"] = new JsonArray([.. BearerClients.Trusted(Issuer), Rfc7522.SamlIdp.Company.Declared(Issuer, Rfc7522.Section3_Assertions.Web.Id)]) };
        var applied = await Apply(trusted.ToJsonString());
        Assert.True(applied.ExitCode == 0, applied.Errors + applied.Output);
    }
}

/// <summary>Tests of those grants share the server.</summary>
[CollectionDefinition]
public sealed class GrantsCollection : ICollectionFixture<GrantsServer>;
