using Evergrant.Jose;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Token;

namespace Evergrant.Protocol.Tests.Token;

public class PresentedTokenTests
{
    private static readonly SigningKey Key = SigningKey.Create("ES256", "k");
    private static readonly JwkSet Published = new([Key.PublicKey]);

    private static PresentedToken? Read(string text, DateTimeOffset? now = null, string issuer = Sample.Issuer) => PresentedToken.Read(text, Sample.Keys, Published, issuer, now ?? Sample.Now);

    private static bool IsGood(string text, Grant? grant, DateTimeOffset? now = null) => Read(text, now) is { } token && token.Resolve(grant, Sample.Issuer, Sample.Keys, now ?? Sample.Now);

    internal static string Refresh(Grant grant, long generation) => GrantCredential.Write(Sample.Keys, 1, CredentialKind.RefreshToken, grant, generation);

    internal static string Opaque(Grant grant, int serial) =>
        GrantCredential.Write(Sample.Keys, 1, CredentialKind.AccessToken, grant, serial, (AccessTokenTests.Of with { Serial = serial }).ToBody());

    internal static async Task<string> JwtAsync(Grant? grant, int serial = 5) =>
        await (AccessTokenTests.Of with { GrantId = grant?.Id, Serial = serial }).ToJwt(grant?.Authorized).WriteAsync(Key, default);

    [Fact]
    public async Task Every_kind_is_good_with_its_live_grant()
    {
        Grant grant = Sample.Grant();
        Assert.True(IsGood(Refresh(grant, 5), grant));
        Assert.True(IsGood(Opaque(grant, 5), grant));
        Assert.True(IsGood(await JwtAsync(grant), grant));
        Assert.True(IsGood(await JwtAsync(null), null));
        Assert.True(IsGood(SealedAccessToken.Write(Sample.Keys, AccessTokenTests.Of with { GrantId = null }, new byte[12]), null));
    }

    [Theory]
    [InlineData(GrantState.Revoked)]
    [InlineData(GrantState.Pending)]
    [Requirement("RFC7009-2.1-07")]
    public async Task Nothing_is_good_with_a_grant_that_does_not_stand(GrantState state)
    {
        Grant grant = Sample.Grant() with { State = state };
        Assert.False(IsGood(Refresh(grant, 5), grant));
        Assert.False(IsGood(Opaque(grant, 5), grant));
        Assert.False(IsGood(await JwtAsync(grant), grant));
        Assert.False(IsGood(await JwtAsync(grant), null));
    }

    [Fact]
    public void A_superseded_refresh_token_is_not_good()
    {
        Grant grant = Sample.Grant();
        Assert.False(IsGood(Refresh(grant, 4), grant));
        Assert.True(IsGood(Refresh(grant, 6), grant));
    }

    [Theory]
    [InlineData(GrantState.Active, true)]
    [InlineData(GrantState.Pending, true)]
    [InlineData(GrantState.Revoked, false)]
    public void A_refresh_token_ahead_of_its_row_is_good_whatever_the_idle_end_of_that_row(GrantState state, bool good)
    {
        Grant behind = Sample.Grant() with { State = state, Generation = state == GrantState.Pending ? 0 : 4, IdleExpiresAt = Sample.Now.AddDays(-1) };
        Assert.Equal(good, IsGood(Refresh(behind, 5), behind));
        Assert.False(IsGood(Refresh(behind, 5), behind with { ExpiresAt = Sample.Now }));
    }

    [Fact]
    public async Task An_access_token_below_the_floor_is_dead()
    {
        Grant grant = Sample.Grant() with { AccessFloor = 6 };
        Assert.False(IsGood(Opaque(grant, 5), grant));
        Assert.True(IsGood(Opaque(grant, 6), grant));
        Assert.False(IsGood(await JwtAsync(grant, 5), grant));
        Assert.True(IsGood(await JwtAsync(grant, 6), grant));
    }

    [Theory]
    [InlineData(-1, true)]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [Requirement("RFC6750-5.2-01")]
    public async Task The_end_of_an_access_token_itself_is_outside(int milliseconds, bool good)
    {
        Grant grant = Sample.Grant();
        DateTimeOffset at = Sample.Now.AddMinutes(5).AddMilliseconds(milliseconds);
        Assert.Equal(good, IsGood(Opaque(grant, 5), grant, at));
        Assert.Equal(good, IsGood(await JwtAsync(grant), grant, at));
        Assert.Equal(good, IsGood(SealedAccessToken.Write(Sample.Keys, AccessTokenTests.Of with { GrantId = null }, new byte[12]), null, at));
    }

    [Fact]
    public void A_refresh_token_ends_with_its_grant()
    {
        Grant grant = Sample.Grant();
        Assert.False(IsGood(Refresh(grant, 5), grant, grant.IdleExpiresAt));
        Assert.False(IsGood(Refresh(grant, 5), grant with { ExpiresAt = Sample.Now }));
    }

    [Fact]
    public async Task A_token_says_nothing_to_another_issuer()
    {
        Grant grant = Sample.Grant();
        Assert.Null(Read(await JwtAsync(grant), issuer: "https://other.example"));
        Assert.False(Read(Opaque(grant, 5))!.Resolve(grant, "https://other.example", Sample.Keys, Sample.Now));
        Assert.Null(Read(SealedAccessToken.Write(Sample.Keys, AccessTokenTests.Of, new byte[12]), issuer: "https://other.example"));
    }

    [Fact]
    public async Task A_jwt_of_another_client_does_not_go_with_the_grant()
    {
        Grant grant = Sample.Grant() with { ClientId = "other" };
        Assert.False(IsGood(await JwtAsync(grant), grant));
    }

    [Theory]
    [InlineData("")]
    [InlineData("garbage")]
    [InlineData("evr_")]
    [InlineData("eva_AAAA")]
    [InlineData("evk_AAAA")]
    [InlineData("evc_AAAA")]
    [InlineData("a.b.c")]
    [InlineData("eyJhbGciOiJub25lIn0.e30.")]
    public void Garbage_is_none_of_ours(string text) => Assert.Null(Read(text));

    [Fact]
    public void A_code_is_no_token() => Assert.Null(Read(GrantCredential.Write(Sample.Keys, 1, CredentialKind.Code, Sample.Grant(), 0)));

    [Fact]
    public void It_never_prints_what_it_holds() => Assert.Equal("***", Read(Refresh(Sample.Grant(), 5))!.ToString());
}
