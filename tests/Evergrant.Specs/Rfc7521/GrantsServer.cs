using System.Text.Json.Nodes;

namespace Evergrant.Specs.Rfc7521;

/// <summary>A server on which the grants that are off by default are on: clients are registered for them, and others are trusted.</summary>
public sealed class GrantsServer : DevelopmentServer
{
    /// <inheritdoc/>
    protected override async Task Prepared()
    {
        await Declare([.. BearerClients.All]);
        var trusted = new JsonObject { ["trusted_issuers"] = new JsonArray([.. BearerClients.Trusted(Issuer)]) };
        var applied = await Apply(trusted.ToJsonString());
        Assert.True(applied.ExitCode == 0, applied.Errors + applied.Output);
    }
}

/// <summary>Tests of those grants share the server.</summary>
[CollectionDefinition]
public sealed class GrantsCollection : ICollectionFixture<GrantsServer>;
