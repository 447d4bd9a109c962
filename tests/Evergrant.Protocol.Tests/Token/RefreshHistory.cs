using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;
using Evergrant.Protocol.Token;

namespace Evergrant.Protocol.Tests.Token;

/// <summary>One random history of a grant. Each step asserts what must hold after it; a fault names the seed.</summary>
internal sealed class RefreshHistory(Client client, GrantPolicy policy, int seed)
{
    private readonly Random _random = new(seed);
    private readonly Grant _first = Sample.Grant(client, 1);

    // What the client holds, what it may still remember, and what a thief has copied.
    private long _held = 1;
    private long _lost = 1;
    private long _stolen;
    private Grant _row = Sample.Grant(client, 1);
    private DateTimeOffset _now = Sample.Now;
    private long _handedOut = 1;
    private int _revocations;
    private bool _mayBeRevoked;

    // A request that has read the row and not yet committed.
    private Granted? _inFlight;

    public void Step()
    {
        Grant before = _row;
        switch (_random.Next(10))
        {
            case 0 or 1 or 2: Ask(_held, kept: true); break;
            case 3: Ask(_held, kept: false); break;
            case 4: Ask(_lost, kept: true); break;
            case 5: _stolen = _held; break;
            case 6 when _stolen > 0: Ask(_stolen, kept: false); break;
            case 7: Race(); break;
            case 8: _now += TimeSpan.FromSeconds(Math.Pow(10, _random.Next(7))); break;
            case 9: Meddle(); break;
        }
        Holds(before);
    }

    private void Ask(long presented, bool kept)
    {
        bool wasLive = presented == _row.Generation && _row.State == GrantState.Active && !_row.HasEnded(_now);
        TokenDecision decision = Row.Refresh(client, _row, presented, _now, RandomRequest());
        switch (decision)
        {
            case Granted granted:
                // I6: nothing widens.
                Assert.All(Scope.Split(granted.Access.Scope), s => Assert.True(Scope.Contains(_first.Authorized.Scope, s)));
                Assert.True(Row.TryApply(ref _row, granted.Change), Seed);
                Given(granted);
                if (kept) (_lost, _held) = (presented, granted.RefreshGeneration!.Value);
                break;
            case Replayed replayed:
                // I5: only what was superseded is a replay, and it revokes by policy.
                Assert.True(presented < _row.Generation, Seed);
                Assert.Equal(policy.OnReplay == ReplayReaction.Revoke, replayed.Change is not null);
                if (replayed.Change is null) break;
                _mayBeRevoked = true;
                Assert.True(Row.TryApply(ref _row, replayed.Change), Seed);
                _revocations++;
                break;
            case Refused refused:
                // I9: whoever shows the live token of a live grant is refused for what they ask, never for what they are.
                Assert.True(!wasLive || refused.Error.Code is "invalid_scope" or "invalid_target", Seed);
                break;
        }
    }

    /// <summary>Two requests: one reads, the other commits between.</summary>
    private void Race()
    {
        if (_inFlight is { } late)
        {
            _inFlight = null;
            long generation = _row.Generation;
            if (Row.TryApply(ref _row, late.Change))
            {
                Given(late);
                (_lost, _held) = (late.Presented, late.RefreshGeneration!.Value);
            }
            else Assert.Equal(generation, _row.Generation);
        }
        else if (Row.Refresh(client, _row, _held, _now) is Granted granted) _inFlight = granted;
    }

    /// <summary>A foreign client, a forged tag, a revocation by the client.</summary>
    private void Meddle()
    {
        Client foreign = client with { ClientId = "thief" };
        Assert.IsType<Refused>(Row.Refresh(foreign, _row, 1 + _random.Next((int)_row.Generation), _now));
        Grant forged = _row with { Salt = new byte[16] };
        Assert.IsType<Refused>(RefreshTokenGrant.Decide(Sample.Refresh(), Sample.Shown(forged, 1), _row, Sample.Issuer, client, Sample.Catalogue, Sample.Keys, _now));
        if (_random.Next(8) != 0) return;
        _mayBeRevoked = true;
        if (Row.TryApply(ref _row, new RevokeGrant(_row.Id, RevocationCause.RevokedByClient, _now))) _revocations++;
    }

    private void Given(Granted granted)
    {
        // I2: of one generation only one successor is ever handed out.
        Assert.Equal(granted is Renewed ? granted.Presented : granted.Presented + 1, granted.RefreshGeneration);
        _handedOut = Math.Max(_handedOut, granted.RefreshGeneration!.Value);
    }

    private void Holds(Grant before)
    {
        // I1: the row is never behind what was handed out.
        Assert.True(_row.Generation >= _handedOut, Seed);
        // I5, I9: revoked once, and only by a cause of this history; a revoked row stays as it is.
        Assert.True(_row.State != GrantState.Revoked || _mayBeRevoked, Seed);
        Assert.InRange(_revocations, 0, 1);
        if (before.State == GrantState.Revoked) Assert.Same(before, _row);
        // I6: what was authorized, the bound key and the absolute end stand as written.
        Assert.Same(_first.Authorized.Scope, _row.Authorized.Scope);
        Assert.Equal((_first.ExpiresAt, _first.BoundKey), (_row.ExpiresAt, _row.BoundKey));
        // I2: the live tokens are one, or two while a retry is allowed.
        if (_row.State == GrantState.Active && !_row.HasEnded(_now))
        {
            var live = Enumerable.Range(1, (int)_row.Generation).TakeLast(4).Where(g => Row.Refresh(client, _row, g, _now) is Granted).ToList();
            Assert.InRange(live.Count, 1, 2);
            Assert.Contains((int)_row.Generation, live);
            Assert.All(live, g => Assert.InRange(g, _row.Generation - 1, _row.Generation));
        }
    }

    private TokenRequest RandomRequest() => _random.Next(6) switch
    {
        0 => Sample.Refresh("notes:read"),
        1 => Sample.Refresh("email"),
        2 => Sample.Refresh(null, Sample.Notes),
        3 => Sample.Refresh(null, Sample.Files),
        _ => Sample.Refresh(),
    };

    private string Seed => $"seed {seed}";
}
