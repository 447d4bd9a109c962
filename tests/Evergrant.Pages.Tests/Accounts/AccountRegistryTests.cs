using System.Text.Json;
using Evergrant.Accounts;
using Evergrant.Pages.Tests.Fakes;
using Evergrant.Protocol.Accounts;
using Evergrant.Protocol.Storage;
using Evergrant.Tests;
using Xunit;

namespace Evergrant.Pages.Tests.Accounts;

public sealed class AccountRegistryTests : IDisposable
{
    private readonly MemoryAccounts _accounts = new();
    private readonly MemoryGrants _grants = new();
    private readonly PasswordHashing _hashing = new(iterations: 1_000);
    private readonly SetClock _clock = new();
    private readonly AccountRegistry _registry;

    public AccountRegistryTests() => _registry = new(_accounts, _grants, QuietEnds.Over(_grants, _clock), _hashing, _clock);

    [Theory]
    [InlineData("short12")]
    [InlineData("password")]
    [InlineData("Password123")]
    [InlineData("aliceinwonder")]
    [Requirement("ATTACK-308")]
    public async Task A_weak_password_is_not_set(string password) =>
        Assert.IsType<AccountOutcome.Faulty>(await _registry.CreateAsync(new DeclaredAccount("AliceInWonder", password), default));

    [Theory]
    [InlineData("        ")]
    [InlineData("ein Löwe läuft über die Brücke")]
    public void A_long_password_of_any_characters_may_be_set(string password)
    {
        Assert.Null(PasswordRules.FaultOf(password, "alice"));
        Assert.NotNull(PasswordRules.FaultOf(new string('ü', 600), "alice"));
        Assert.Null(PasswordRules.FaultOf(new string('ü', 512), "alice"));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" alice")]
    [InlineData("ali\u0000ce")]
    [InlineData("ali\u200Dce")]
    [InlineData("ali\u202Ece")]
    [Requirement("ATTACK-305")]
    public void A_name_with_what_cannot_be_seen_is_not_taken(string name) => Assert.NotNull(UserNames.FaultOf(name));

    [Fact]
    [Requirement("ATTACK-305")]
    public async Task A_name_is_taken_in_any_case()
    {
        await _registry.CreateAsync(new DeclaredAccount("alice"), default);

        Assert.IsType<AccountOutcome.NameTaken>(await _registry.CreateAsync(new DeclaredAccount("ALICE"), default));
    }

    [Fact]
    public async Task What_is_declared_is_compared_with_what_is()
    {
        DeclaredAccount declared = new("alice", "a fine password", Operator: true, Claims: Json("""{ "name": "Alice" }"""));
        Assert.Equal(["account"], await _registry.CompareAsync(declared, default));
        await _registry.CreateAsync(declared, default);

        Assert.Empty(await _registry.CompareAsync(declared, default));
        Assert.Equal(["password", "operator", "claims"], await _registry.CompareAsync(new("alice", "another password", false, Json("""{ "name": "A" }""")), default));
    }

    [Fact]
    public async Task Claims_of_the_protocol_cannot_be_declared_and_are_never_told()
    {
        Assert.IsType<AccountOutcome.Faulty>(await _registry.CreateAsync(new DeclaredAccount("alice", Claims: Json("""{ "sub": "root" }""")), default));
        await _registry.CreateAsync(new DeclaredAccount("bob", Claims: Json("""{ "name": "Bob", "email_verified": true }""")), default);
        Account bob = (await _registry.FindAsync("bob", default))!;

        IReadOnlyDictionary<string, JsonElement> claims = AccountClaims.Of(bob with { Claims = """{ "name": "Bob", "sub": "root", "aud": null, "email_verified": true }""" })!;

        Assert.Equal(["email_verified", "name", "preferred_username", "updated_at"], claims.Keys.Order());
        Assert.Equal("bob", claims["preferred_username"].GetString());
        Assert.Null(AccountClaims.Of(bob with { Disabled = true }));
    }

    [Fact]
    public async Task Disabling_ends_sessions_and_grants()
    {
        await _registry.CreateAsync(new DeclaredAccount("alice"), default);

        await _registry.SetDisabledAsync("alice", true, default);

        Assert.Contains(_grants.Changes, c => c is RemoveSessionsOf);
        Assert.Contains(_grants.Changes, c => c is RevokeGrants { SessionId: null, ClientId: null });
        Assert.IsType<AccountOutcome.NotFound>(await _registry.SetDisabledAsync("nobody", true, default));
    }

    public void Dispose() => _hashing.Dispose();

    private static JsonElement Json(string json) => JsonDocument.Parse(json).RootElement.Clone();
}
