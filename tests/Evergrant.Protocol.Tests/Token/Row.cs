using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;
using Evergrant.Protocol.Token;

namespace Evergrant.Protocol.Tests.Token;

/// <summary>One grant, refreshed and changed in memory.</summary>
internal static class Row
{
    public static TokenDecision Refresh(Client client, Grant row, long presented, DateTimeOffset now, TokenRequest? request = null) =>
        RefreshTokenGrant.Decide(request ?? Sample.Refresh(), Sample.Shown(row, presented), row, Sample.Issuer, client, Sample.Catalogue, Sample.Keys, now);

    public static bool TryApply(ref Grant row, Change change)
    {
        if (Assert.IsType<GrantChange>(change, exactMatch: false).ApplyTo(row) is not { } after) return false;
        row = after;
        return true;
    }
}
