using Evergrant.Accounts;
using Evergrant.AspNetCore;
using Evergrant.AspNetCore.CheckSession;
using Evergrant.Pages.Tests.Fakes;
using Evergrant.Protocol.Accounts;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Evergrant.Pages.Tests.Accounts;

public sealed class BrowserSessionsTests : IDisposable
{
    private readonly SetClock _clock = new();
    private readonly MemoryAccounts _accounts = new();
    private readonly MemoryGrants _grants = new();
    private readonly PasswordHashing _hashing = new(iterations: 1_000);
    private readonly AccountRegistry _registry;
    private readonly BrowserSessions _sessions;

    public BrowserSessionsTests()
    {
        _registry = new(_accounts, _grants, QuietEnds.Over(_grants, _clock), _hashing, _clock);
        EvergrantOptions options = new() { Issuers = [new IssuerOptions { Issuer = "https://id.example" }], SessionManagement = true };
        _sessions = new(_grants, _accounts, new BrowserStateCookie(options, new IssuerSites(options)), _clock);
    }

    [Fact]
    public async Task A_sign_in_that_a_new_password_overtook_leaves_no_session()
    {
        Account verified = await CreateAsync();
        await _registry.SetPasswordAsync("alice", "another horse battery", endGrants: true, default);

        Assert.Null(await _sessions.StartAsync(Visit(), verified));
        Assert.Empty(_grants.Sessions);
    }

    [Fact]
    public async Task A_sign_in_whose_account_was_removed_meanwhile_leaves_no_session()
    {
        Account verified = await CreateAsync();
        await _registry.RemoveAsync("alice", default);

        Assert.Null(await _sessions.StartAsync(Visit(), verified));
        Assert.Empty(_grants.Sessions);
    }

    [Fact]
    public async Task A_sign_in_starts_a_session()
    {
        Account verified = await CreateAsync();

        DefaultHttpContext visit = Visit();
        Assert.Single((await _sessions.StartAsync(visit, verified))!);
        Assert.Single(_grants.Sessions);
        Assert.Contains(visit.Response.Headers.SetCookie, cookie => cookie!.StartsWith("__Host-evergrant-state=", StringComparison.Ordinal) && !cookie.Contains("httponly", StringComparison.OrdinalIgnoreCase));
    }

    public void Dispose() => _hashing.Dispose();

    private static DefaultHttpContext Visit() => new() { Request = { Scheme = "https" } };

    private async Task<Account> CreateAsync() => ((AccountOutcome.Done)await _registry.CreateAsync(new("alice", "correct horse battery"), default)).Account;
}
