using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;
using Evergrant.Protocol.Token;

namespace Evergrant.Protocol.Tests.Token;

public class AuthorizationCodeGrantTests
{
    // RFC 7636 appendix B.
    private const string Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    private const string Challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    private static Grant Pending(Func<Authorized, Authorized>? authorized = null)
    {
        Grant grant = Sample.Grant(generation: 0);
        return authorized is null ? grant : grant with { Authorized = authorized(grant.Authorized) };
    }

    private static TokenRequest Request(string? redirectUri = Sample.Redirect, string? verifier = null, params string[] resources) =>
        new() { GrantType = "authorization_code", RedirectUri = redirectUri, CodeVerifier = verifier, Resources = resources };

    private static TokenDecision Decide(Grant? grant, TokenRequest? request = null, Client? client = null, DateTimeOffset? now = null, string issuer = Sample.Issuer, long generation = 0) =>
        AuthorizationCodeGrant.Decide(
            request ?? Request(), Sample.Shown(grant ?? Pending(), generation, CredentialKind.Code), grant, issuer, client ?? Sample.Web, Sample.Catalogue, Sample.Keys, now ?? Sample.Now);

    private static void IsRefused(Refusal refusal, TokenDecision decision, string code = "invalid_grant")
    {
        OAuthError error = Assert.IsType<Refused>(decision).Error;
        Assert.Equal((refusal, code), (error.Refusal, error.Code));
    }

    [Fact]
    public void A_code_becomes_generation_one()
    {
        Grant grant = Pending();
        Redeemed redeemed = Assert.IsType<Redeemed>(Decide(grant));
        Assert.Equal((1L, 0L), (redeemed.RefreshGeneration, redeemed.Presented));
        Assert.Equal(new AdvanceGrant(grant.Id, 0, 1, 1, Sample.Now, Sample.Now.AddDays(14), grant.ExpiresAt, default, 1, 0), redeemed.Change);
        Assert.Equal((GrantState.Active, 1L, grant.Authorized), (redeemed.Grant.State, redeemed.Grant.Generation, redeemed.Grant.Authorized));
    }

    [Fact]
    public void Without_a_refresh_token_the_grant_ends_with_its_access_token()
    {
        Redeemed redeemed = Assert.IsType<Redeemed>(Decide(Pending(a => a with { IssuesRefreshToken = false })));
        Assert.Null(redeemed.RefreshGeneration);
        Assert.Equal((null, Sample.Now.AddMinutes(5)), (redeemed.Grant.IdleExpiresAt, redeemed.Grant.ExpiresAt));
    }

    [Fact]
    public void Redemption_never_moves_the_absolute_end_back()
    {
        Grant grant = Pending(a => a with { IssuesRefreshToken = false }) with { ExpiresAt = Sample.Now.AddMinutes(2) };
        Assert.Equal(Sample.Now.AddMinutes(2), Assert.IsType<Redeemed>(Decide(grant)).Grant.ExpiresAt);
    }

    [Fact]
    public void A_code_of_no_grant_is_unknown() => IsRefused(Refusal.CodeUnknown, Decide(null));

    [Fact]
    public void A_code_at_another_issuer_is_unknown() => IsRefused(Refusal.CodeUnknown, Decide(Pending(), issuer: "https://other.example"));

    [Fact]
    public void A_code_of_a_later_generation_is_unknown() => IsRefused(Refusal.CodeUnknown, Decide(Sample.Grant(generation: 1), generation: 1));

    [Fact]
    [Requirement("RFC6749-4.1.3-01", "RFC6749-4.1.2-07")]
    public void A_code_of_another_client_stays_untouched()
    {
        Client thief = Sample.Web with { ClientId = "thief" };
        IsRefused(Refusal.CodeOfAnotherClient, Decide(Pending(), client: thief));
        IsRefused(Refusal.CodeOfAnotherClient, Decide(Sample.Grant(generation: 3), client: thief));
    }

    [Theory]
    [InlineData(-1, true)]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [Requirement("RFC6749-4.1.2-03")]
    public void The_end_of_a_code_itself_is_outside(int milliseconds, bool redeemed)
    {
        Grant grant = Pending();
        TokenDecision decision = Decide(grant, now: grant.IdleExpiresAt + TimeSpan.FromMilliseconds(milliseconds));
        if (redeemed) Assert.IsType<Redeemed>(decision);
        else IsRefused(Refusal.CodeExpired, decision);
    }

    [Fact]
    [Requirement("RFC6749-4.1.2-05", "RFC6749-4.1.2-06")]
    public void A_code_presented_again_revokes_what_was_issued()
    {
        Replayed replayed = Assert.IsType<Replayed>(Decide(Sample.Grant(generation: 4)));
        Assert.Equal(("invalid_grant", Refusal.CodeReplayed), (replayed.Error.Code, replayed.Error.Refusal));
        Assert.Equal(new RevokeGrant(replayed.Grant.Id, RevocationCause.CodeReplayed, Sample.Now), replayed.Change);
    }

    [Fact]
    [Requirement("OAUTH21-7.5.2-01")]
    public void A_replay_that_could_not_have_succeeded_revokes_nothing()
    {
        Grant grant = Sample.Grant(generation: 4);
        grant = grant with { Authorized = grant.Authorized with { CodeChallenge = Challenge } };
        IsRefused(Refusal.PkceVerifierWrong, Decide(grant, Request(verifier: "x" + Verifier[1..])));
        IsRefused(Refusal.PkceVerifierWrong, Decide(grant, Request()));
        IsRefused(Refusal.RedirectUriMismatch, Decide(grant, Request("https://app.example/other", Verifier)));
        IsRefused(Refusal.CodeOfAnotherClient, Decide(grant, Request(verifier: Verifier), Sample.Web with { ClientId = "thief" }));
        Assert.IsType<Replayed>(Decide(grant, Request(verifier: Verifier)));
    }

    [Fact]
    public void A_code_of_a_revoked_grant_is_refused() => IsRefused(Refusal.GrantRevoked, Decide(Pending() with { State = GrantState.Revoked }));

    [Theory]
    [InlineData(null)]
    [InlineData("https://app.example/cb/")]
    [InlineData("https://app.example/CB")]
    [InlineData("https://app.example/cb?")]
    [Requirement("RFC6749-4.1.3-02")]
    public void The_redirect_uri_is_repeated_as_it_was(string? sent) => IsRefused(Refusal.RedirectUriMismatch, Decide(Pending(), Request(sent)));

    [Fact]
    public void A_redirect_uri_that_was_left_out_need_not_be_sent()
    {
        Grant grant = Pending(a => a with { RedirectUri = null });
        Assert.IsType<Redeemed>(Decide(grant, Request(null)));
        Assert.IsType<Redeemed>(Decide(grant, Request(Sample.Redirect)));
        IsRefused(Refusal.RedirectUriMismatch, Decide(grant, Request("https://app.example/other")));
        IsRefused(Refusal.RedirectUriMismatch, Decide(grant, Request(Sample.Redirect), Sample.Web with { RedirectUris = [Sample.Redirect, "https://app.example/2"] }));
    }

    [Fact]
    [Requirement("OAUTH21-10.2-01")]
    public void A_client_that_is_freed_from_it_may_leave_it_out_and_may_not_send_another()
    {
        Client freed = Sample.Web with { RedirectUriOptionalAtToken = true };
        Assert.IsType<Redeemed>(Decide(Pending(), Request(null), freed));
        IsRefused(Refusal.RedirectUriMismatch, Decide(Pending(), Request("https://app.example/other"), freed));
    }

    [Fact]
    [Requirement("RFC9700-2.1.1-02", "RFC7636-4.6-01", "RFC7636-4.4-01")]
    public void The_verifier_must_be_that_of_the_challenge()
    {
        Grant grant = Pending(a => a with { CodeChallenge = Challenge });
        Assert.IsType<Redeemed>(Decide(grant, Request(verifier: Verifier)));
        IsRefused(Refusal.PkceVerifierWrong, Decide(grant, Request(verifier: Challenge)));
        IsRefused(Refusal.PkceVerifierWrong, Decide(grant, Request()));
    }

    [Fact]
    [Requirement("RFC9700-2.1.1-03")]
    public void A_verifier_without_a_challenge_is_a_downgrade() => IsRefused(Refusal.PkceVerifierUnexpected, Decide(Pending(), Request(verifier: Verifier)));

    [Fact]
    [Requirement("RFC8707-2.2-01")]
    public void A_resource_beyond_the_authorization_is_refused() =>
        IsRefused(Refusal.ResourceWidened, Decide(Pending(), Request(Sample.Redirect, null, Sample.Files)), "invalid_target");
}
