using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;
using Evergrant.Protocol.Token;

namespace Evergrant.Protocol.Tests.Token;

/// <summary>What a store does with the changes of one grant, in memory: the condition as the doc comments of the changes say it.</summary>
internal static class Row
{
    public static TokenDecision Refresh(Client client, Grant row, long presented, DateTimeOffset now, TokenRequest? request = null) =>
        RefreshTokenGrant.Decide(request ?? Sample.Refresh(), Sample.Shown(row, presented), row, Sample.Issuer, client, null, Sample.Catalogue, Sample.Keys, now);

    public static bool TryApply(ref Grant row, Change change)
    {
        switch (change)
        {
            case AdvanceGrant a when row.Generation == a.From && row.State == (a.From == 0 ? GrantState.Pending : GrantState.Active):
                row = row with
                {
                    State = GrantState.Active,
                    Generation = a.To,
                    KeyNumber = a.KeyNumber,
                    GenerationAt = a.At,
                    IdleExpiresAt = a.IdleExpiresAt,
                    ExpiresAt = a.ExpiresAt,
                    Retries = a.Retries,
                    AccessSerial = a.AccessSerial,
                    AccessFloor = a.AccessFloor,
                };
                return true;
            case RenewGrant r when row.Generation == r.Generation && row.State == GrantState.Active:
                row = row with { GenerationAt = r.At, IdleExpiresAt = r.IdleExpiresAt, AccessSerial = r.AccessSerial, AccessFloor = r.AccessFloor };
                return true;
            case CountRetry c when row.Generation == c.Generation && row.State == GrantState.Active && (c.Before is null || c.Before == row.Retries):
                row = row with { Retries = row.Retries.Counted() };
                return true;
            case RevokeGrant r when row.State != GrantState.Revoked:
                row = row with { State = GrantState.Revoked, RevokedAt = r.At, RevokedWhy = r.Why };
                return true;
            default:
                return false;
        }
    }
}
