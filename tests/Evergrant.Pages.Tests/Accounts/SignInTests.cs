using System.Net;
using Evergrant.Accounts;
using Evergrant.Pages.Tests.Fakes;
using Evergrant.Protocol;
using Evergrant.Protocol.Accounts;
using Evergrant.Protocol.Storage;
using Evergrant.Tests;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;

namespace Evergrant.Pages.Tests.Accounts;

public sealed class SignInTests : IDisposable
{
    private const string Password = "correct horse battery";
    private readonly SetClock _clock = new();
    private readonly MemoryAccounts _accounts = new();
    private readonly MemoryGrants _grants = new();
    private readonly PasswordHashing _hashing = new(iterations: 1_000);
    private readonly FailedSignIns _failures;
    private readonly KnownDevice _devices = new(new FixedSecrets());
    private readonly AccountRegistry _registry;
    private readonly SignIn _signIn;

    public SignInTests()
    {
        _failures = new(_accounts, _grants, _clock, NullLogger<FailedSignIns>.Instance);
        _registry = new(_accounts, _grants, QuietEnds.Over(_grants, _clock), _hashing, _clock);
        _signIn = new(_accounts, _hashing, _devices, _failures, _clock, NullLogger<SignIn>.Instance);
    }

    [Fact]
    public async Task The_right_password_signs_in_whatever_the_case_of_the_name()
    {
        await CreateAsync("Alice");

        Assert.IsType<SignInDecision.SignedIn>(await TryAsync("alice", Password));
        Assert.IsType<SignInDecision.SignedIn>(await TryAsync(" ALICE ", Password));
    }

    [Theory]
    [InlineData("correct horse battery ")]
    [InlineData("Correct horse battery")]
    [InlineData("")]
    [Requirement("ATTACK-306")]
    public async Task A_password_is_neither_trimmed_nor_folded(string password)
    {
        await CreateAsync("alice");

        Assert.Equal(Refusal.PasswordWrong, (await RefusedAsync("alice", password)).Why);
    }

    [Fact]
    public async Task Nobody_no_password_and_disabled_are_all_refused()
    {
        await CreateAsync("alice");
        await CreateAsync("nopassword", null);
        await _registry.SetDisabledAsync("alice", true, default);

        Assert.Equal(Refusal.AccountUnknown, (await RefusedAsync("bob", Password)).Why);
        Assert.Equal(Refusal.PasswordNotSet, (await RefusedAsync("nopassword", Password)).Why);
        Assert.Equal(Refusal.AccountDisabled, (await RefusedAsync("alice", Password)).Why);
    }

    [Theory]
    [InlineData("alice")]
    [InlineData("nobody")]
    [Requirement("RFC6749-10.10-03")]
    public async Task Five_failures_block_a_name_for_a_minute_whether_or_not_it_exists(string name)
    {
        await CreateAsync("alice");
        for (int i = 0; i < 5; i++) Assert.NotEqual(Refusal.AccountLockedOut, (await RefusedAsync(name, "wrong password", i)).Why);

        Assert.Equal(Refusal.AccountLockedOut, (await RefusedAsync(name, Password)).Why);
        _clock.Now += TimeSpan.FromMinutes(1);
        if (name == "alice") Assert.IsType<SignInDecision.SignedIn>(await TryAsync(name, Password));
        else Assert.Equal(Refusal.AccountUnknown, (await RefusedAsync(name, Password)).Why);
    }

    [Fact]
    public async Task Failures_during_a_block_do_not_prolong_it()
    {
        await CreateAsync("alice");
        for (int i = 0; i < 12; i++) await TryAsync("alice", "wrong password", i);

        _clock.Now += TimeSpan.FromMinutes(1);
        Assert.IsType<SignInDecision.SignedIn>(await TryAsync("alice", Password));
    }

    [Fact]
    [Requirement("ATTACK-301")]
    public async Task A_known_device_gets_in_while_strangers_have_blocked_the_name()
    {
        Account alice = await CreateAsync("alice");
        Account bob = await CreateAsync("bob");
        for (int i = 0; i < 6; i++) await TryAsync("alice", "wrong password", i);

        Assert.IsType<SignInDecision.SignedIn>(await _signIn.VerifyAsync(new("alice", Password, null, _devices.MarkOf(alice)), default));
        Assert.False(_devices.Fits(_devices.MarkOf(bob), alice));
        Assert.False(_devices.Fits("", alice));
        Assert.False(_devices.Fits(_devices.MarkOf(alice)[..^1] + "!", alice));
    }

    [Fact]
    public async Task A_change_of_password_ends_known_devices_and_sessions()
    {
        Account alice = await CreateAsync("alice");
        string mark = _devices.MarkOf(alice);

        AccountOutcome outcome = await _registry.SetPasswordAsync("alice", "another good password", endGrants: false, default);

        Account changed = Assert.IsType<AccountOutcome.Done>(outcome).Account;
        Assert.False(_devices.Fits(mark, changed));
        Assert.Contains(_grants.Changes, c => c is RemoveSessionsOf of && of.Subject == alice.Id);
        Assert.IsType<SignInDecision.Refused>(await TryAsync("alice", Password));
        Assert.IsType<SignInDecision.SignedIn>(await TryAsync("alice", "another good password"));
    }

    [Fact]
    [Requirement("ATTACK-302")]
    public async Task An_address_that_fails_often_has_to_wait_and_others_need_not()
    {
        await CreateAsync("alice");
        string tooLong = new('x', 5000); // costs no hash
        for (int i = 0; i < 30; i++) Assert.IsType<SignInDecision.Refused>(await TryAsync("alice", tooLong));

        SignInDecision.TooManyAttempts wait = Assert.IsType<SignInDecision.TooManyAttempts>(await TryAsync("alice", Password));
        Assert.InRange(wait.RetryAfter, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10));
        Assert.IsType<SignInDecision.SignedIn>(await TryAsync("alice", Password, 77));
        _clock.Now += wait.RetryAfter;
        Assert.IsType<SignInDecision.SignedIn>(await TryAsync("alice", Password));
    }

    [Fact]
    public async Task Failures_are_counted_in_the_row_and_told_under_their_reference()
    {
        await CreateAsync("alice");
        SignInDecision.Refused refused = await RefusedAsync("alice", "wrong password");

        await _failures.StartAsync(default);
        while ((await _accounts.FindAccountByNameAsync("ALICE", default))!.AccessFailedCount == 0 || _grants.Events.Count == 0) await Task.Yield();
        await _failures.StopAsync(default);

        EventRecord record = Assert.Single(_grants.Events);
        Assert.Equal(("SignInFailed", "PasswordWrong", refused.Reference), (record.Decision, record.Refusal, record.Reference));
        Assert.IsType<SignInDecision.SignedIn>(await TryAsync("alice", Password));
        Assert.Equal(0, (await _accounts.FindAccountByNameAsync("ALICE", default))!.AccessFailedCount);
    }

    [Fact]
    public async Task An_older_hash_is_made_again_at_sign_in()
    {
        Account alice = await CreateAsync("alice");
        string old = new PasswordHasher<Account>(Options.Create(new PasswordHasherOptions { IterationCount = 500 })).HashPassword(alice, Password);
        await _accounts.UpdateAccountAsync(alice with { PasswordHash = old }, default);

        await TryAsync("alice", Password);

        Assert.NotEqual(old, (await _accounts.FindAccountByNameAsync("ALICE", default))!.PasswordHash);
        Assert.IsType<SignInDecision.SignedIn>(await TryAsync("alice", Password));
    }

    [Fact]
    [Requirement("ATTACK-303")]
    public async Task Beyond_the_queue_nobody_waits()
    {
        List<PasswordHashing.Slot> taken = [];
        for (int i = 0; i < Environment.ProcessorCount; i++) taken.Add((await _hashing.EnterAsync(default))!);
        using CancellationTokenSource end = new();
        Task<PasswordHashing.Slot?>[] waiting = [.. Enumerable.Range(0, PasswordHashing.MaxWaiting).Select(_ => _hashing.EnterAsync(end.Token).AsTask())];

        Assert.IsType<SignInDecision.Busy>(await TryAsync("alice", Password));

        await end.CancelAsync();
        await Task.WhenAll(waiting.Select(w => w.ContinueWith(_ => { }, TaskScheduler.Default)));
        taken.ForEach(t => t.Dispose());
        using PasswordHashing.Slot? free = await _hashing.EnterAsync(default);
        Assert.NotNull(free);
    }

    [Fact]
    public void Attempts_do_not_print_themselves() => Assert.Equal("***", new SignInAttempt("alice", Password, null, null).ToString());

    public void Dispose()
    {
        _hashing.Dispose();
        _failures.Dispose();
    }

    private async Task<Account> CreateAsync(string name, string? password = Password) =>
        Assert.IsType<AccountOutcome.Done>(await _registry.CreateAsync(new DeclaredAccount(name, password), default)).Account;

    private async Task<SignInDecision> TryAsync(string name, string password, int host = 1) =>
        await _signIn.VerifyAsync(new(name, password, new IPAddress([192, 0, 2, (byte)host]), null), default);

    private async Task<SignInDecision.Refused> RefusedAsync(string name, string password, int host = 1) =>
        Assert.IsType<SignInDecision.Refused>(await TryAsync(name, password, host));
}
