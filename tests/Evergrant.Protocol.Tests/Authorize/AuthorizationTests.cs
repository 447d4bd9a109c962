using Evergrant.Protocol.Authorize;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Sessions;
using Evergrant.Protocol.Storage;

namespace Evergrant.Protocol.Tests.Authorize;

public class AuthorizationTests
{
    private static readonly Session Alice = Sample.Session();
    private static readonly Session Fresh = Sample.Session(ago: TimeSpan.FromSeconds(-1));
    private static readonly Client Trusted = Sample.Web with { Consent = ConsentRule.Implied };

    private static void IsPrompted(Prompt prompt, AuthorizationDecision decision) => Assert.Equal(prompt, Assert.IsType<Prompted>(decision).Prompt);

    private static void IsRefused(string code, Refusal refusal, AuthorizationDecision decision)
    {
        OAuthError error = Assert.IsType<Refused>(decision).Error;
        Assert.Equal((code, refusal), (error.Code, error.Refusal));
    }

    [Fact]
    [Requirement("OIDC-CORE-3.1.2.3-01", "RFC6749-3.1-01")]
    public void Nobody_signed_in_is_asked_to_sign_in() => IsPrompted(Prompt.SignIn, Ask.Decide(Ask.Facts(Ask.Request())));

    [Fact]
    [Requirement("RFC9700-4.11.2-01")]
    public void Not_even_an_error_is_redirected_before_somebody_signed_in()
    {
        AuthorizeRequest bad = Ask.Request(("scope", "unheard:of"));
        IsPrompted(Prompt.SignIn, Ask.Decide(Ask.Facts(bad)));
        IsRefused("invalid_scope", Refusal.ScopeInvalid, Ask.Decide(Ask.Facts(bad, null, Alice)));
        IsRefused("invalid_scope", Refusal.ScopeInvalid, Ask.Decide(Ask.Facts(Ask.Request(("scope", "unheard:of"), ("prompt", "none")))));
    }

    [Fact]
    [Requirement("OIDC-CORE-3.1.2.4-01")]
    public void Whoever_is_signed_in_is_asked_for_consent()
    {
        Prompted prompted = Assert.IsType<Prompted>(Ask.Decide(Ask.Facts(Ask.Request(), null, Alice)));
        Assert.Equal((Prompt.Consent, Alice), (prompted.Prompt, prompted.Session));
        Assert.Equal(["openid", "profile", "notes:read"], prompted.Scopes);
    }

    [Fact]
    [Requirement("RFC6749-3.3-02")]
    public void What_was_ticked_is_granted_and_remembered()
    {
        CodeIssued issued = Assert.IsType<CodeIssued>(Ask.Decide(Ask.Facts(Ask.Request(("nonce", "n")), null, Alice) with { Answer = new ConsentAnswer(true, ["notes:read", "files:read", "admin"], "alice") }));
        Grant grant = issued.Grant;
        Assert.Equal(("openid notes:read", Ask.Challenge, "n", Sample.Redirect), (grant.Authorized.Scope, grant.Authorized.CodeChallenge, grant.Authorized.Nonce, grant.Authorized.RedirectUri));
        Assert.Equal((GrantState.Pending, 0L, "alice", "web", Sample.Issuer), (grant.State, grant.Generation, grant.Subject, grant.ClientId, grant.Issuer));
        Assert.Equal((Sample.Now.AddSeconds(61), Alice.AuthTime, "sid-alice"), (grant.IdleExpiresAt, grant.Authorized.AuthTime, grant.Authorized.SessionId));
        Together together = Assert.IsType<Together>(issued.Change);
        Assert.Equal(["openid", "notes:read"], Assert.IsType<SaveConsent>(together.Changes[0]).Consent.Scopes);
        Assert.Same(grant, Assert.IsType<CreateGrant>(together.Changes[1]).Grant);
    }

    [Theory]
    [InlineData(false, "notes:read")]
    [InlineData(true, "")]
    [Requirement("RFC6749-4.1.2.1-02")]
    public void A_no_is_reported_to_the_client(bool allow, string ticked)
    {
        AuthorizationFacts facts = Ask.Facts(Ask.Request(("scope", "notes:read")), null, Alice) with { Answer = new ConsentAnswer(allow, Scope.Split(ticked), "alice") };
        IsRefused("access_denied", Refusal.ConsentDenied, Ask.Decide(facts));
    }

    [Fact]
    public void An_answer_of_another_account_does_not_count() =>
        IsPrompted(Prompt.Consent, Ask.Decide(Ask.Facts(Ask.Request(), null, Alice) with { Answer = new ConsentAnswer(true, ["notes:read"], "bob") }));

    [Fact]
    [Requirement("OIDC-CORE-3.1.2.4-02")]
    public void Consent_on_record_covers_what_it_names_and_no_more()
    {
        AuthorizationFacts facts = Ask.Facts(Ask.Request(), null, Alice);
        Assert.IsType<CodeIssued>(Ask.Decide(facts with { Consent = Ask.Given("openid profile notes:read notes:write") }));
        IsPrompted(Prompt.Consent, Ask.Decide(facts with { Consent = Ask.Given("openid profile") }));
        IsPrompted(Prompt.Consent, Ask.Decide(facts with { Consent = Ask.Given("openid profile notes:read") with { Subject = "bob" } }));
        AuthorizationFacts claims = Ask.Facts(Ask.Request(("claims", """{"userinfo":{"phone_number":null}}""")), null, Alice);
        IsPrompted(Prompt.Consent, Ask.Decide(claims with { Consent = Ask.Given("openid profile notes:read") }));
        Assert.IsType<CodeIssued>(Ask.Decide(claims with { Consent = Ask.Given("openid profile notes:read", "phone_number") }));
        AuthorizationFacts resource = Ask.Facts(Ask.Request(("resource", Sample.Notes)), null, Alice);
        IsPrompted(Prompt.Consent, Ask.Decide(resource with { Consent = Ask.Given("openid profile notes:read") }));
    }

    [Fact]
    [Requirement("RFC8252-8.6-01", "RFC6749-10.2-02", "RFC8252-8.6-02")]
    public void Consent_on_record_says_nothing_about_a_client_that_anybody_can_claim_to_be()
    {
        Consent given = Ask.Given("openid profile notes:read");
        AuthorizationFacts loopback = Ask.Facts(Ask.Request(("redirect_uri", "http://127.0.0.1/cb")), Sample.Native, Alice) with { Consent = given };
        IsPrompted(Prompt.Consent, Ask.Decide(loopback));
        Assert.IsType<CodeIssued>(Ask.Decide(Ask.Facts(Ask.Request(), Sample.Native, Alice) with { Consent = given }));
    }

    [Fact]
    [Requirement("OIDC-CORE-3.1.2.1-12")]
    public void Prompt_consent_asks_again() =>
        IsPrompted(Prompt.Consent, Ask.Decide(Ask.Facts(Ask.Request(("prompt", "consent")), null, Alice) with { Consent = Ask.Given("openid profile notes:read") }));

    [Fact]
    public void Implied_consent_asks_nobody_and_remembers_nothing() => Assert.IsType<CreateGrant>(Assert.IsType<CodeIssued>(Ask.Decide(Ask.Facts(Ask.Request(), Trusted, Alice))).Change);

    [Fact]
    [Requirement("OIDC-CORE-3.1.2.3-02")]
    public void Prompt_login_is_satisfied_by_a_sign_in_of_this_request_only()
    {
        AuthorizeRequest request = Ask.Request(("prompt", "login"));
        IsPrompted(Prompt.SignIn, Ask.Decide(Ask.Facts(request, Trusted, Alice)));
        Assert.IsType<CodeIssued>(Ask.Decide(Ask.Facts(request, Trusted, Fresh)));
        Assert.IsType<CodeIssued>(Ask.Decide(Ask.Facts(request, Trusted, Sample.Session(ago: TimeSpan.Zero))));
    }

    [Theory]
    [InlineData("10", 10, 0, true)]
    [InlineData("10", 10, 1, false)]
    [InlineData("10", 9, 999, true)]
    [InlineData("0", 0, 1, false)]
    [InlineData("2147483647", 100000, 0, true)]
    [Requirement("OIDC-CORE-3.1.2.1-18", "OIDC-CORE-3.1.2.1-19")]
    public void An_authentication_older_than_max_age_does_not_do(string maxAge, int seconds, int milliseconds, bool enough)
    {
        AuthorizationFacts facts = Ask.Facts(Ask.Request(("max_age", maxAge)), Trusted, Sample.Session(ago: TimeSpan.FromMilliseconds((seconds * 1000) + milliseconds))) with { Now = Sample.Now };
        AuthorizationDecision decision = Ask.Decide(facts);
        if (enough) Assert.IsType<CodeIssued>(decision);
        else IsPrompted(Prompt.SignIn, decision);
    }

    [Fact]
    public void The_clients_own_max_age_counts_when_the_request_has_none()
    {
        Client strict = Trusted with { MaxAge = 60 };
        IsPrompted(Prompt.SignIn, Ask.Decide(Ask.Facts(Ask.Request(), strict, Alice)));
        Assert.IsType<CodeIssued>(Ask.Decide(Ask.Facts(Ask.Request(("max_age", "3600")), strict, Alice)));
        Assert.IsType<CodeIssued>(Ask.Decide(Ask.Facts(Ask.Request(), strict, Fresh)));
    }

    [Fact]
    [Requirement("OIDC-CORE-3.1.2.1-14")]
    public void Prompt_select_account_asks_once()
    {
        AuthorizeRequest request = Ask.Request(("prompt", "select_account"));
        IsPrompted(Prompt.SelectAccount, Ask.Decide(Ask.Facts(request, Trusted, Alice)));
        Assert.IsType<CodeIssued>(Ask.Decide(Ask.Facts(request, Trusted, Alice) with { AccountChosen = true }));
        Assert.IsType<CodeIssued>(Ask.Decide(Ask.Facts(request, Trusted, Fresh)));
    }

    [Fact]
    [Requirement("OIDC-CORE-3.1.2.1-21", "OIDC-CORE-3.1.2.2-05")]
    public void The_session_of_whom_the_hint_names_is_used_or_nobodys()
    {
        Session bob = Sample.Session("bob");
        AuthorizationFacts facts = Ask.Facts(Ask.Request(), Trusted, Alice, bob);
        Assert.Equal("bob", Assert.IsType<CodeIssued>(Ask.Decide(facts with { HintedSubject = "bob" })).Grant.Subject);
        IsPrompted(Prompt.SignIn, Ask.Decide(facts with { HintedSubject = "carol" }));
        IsRefused("login_required", Refusal.SubjectMismatch, Ask.Decide(Ask.Facts(Ask.Request(), Trusted, Fresh) with { HintedSubject = "carol" }));
    }

    [Fact]
    [Requirement("OIDC-CORE-5.5.1-04", "OIDC-CORE-3.1.2.2-04")]
    public void A_requested_sub_is_that_of_the_answer_or_there_is_none()
    {
        AuthorizeRequest request = Ask.Request(("claims", """{"id_token":{"sub":{"value":"bob"}}}"""));
        Assert.Equal("bob", Assert.IsType<CodeIssued>(Ask.Decide(Ask.Facts(request, Trusted, Alice, Sample.Session("bob")))).Grant.Subject);
        IsPrompted(Prompt.SignIn, Ask.Decide(Ask.Facts(request, Trusted, Alice)));
    }

    [Fact]
    [Requirement("OIDC-CORE-3.1.2.2-06")]
    public void A_hint_of_another_issuer_is_refused() => IsRefused("invalid_request", Refusal.IdTokenHintInvalid, Ask.Decide(Ask.Facts(Ask.Request(), Trusted, Alice) with { HintIsForeign = true }));

    [Fact]
    [Requirement("OIDC-CORE-5.5.1.1-01", "OIDC-CORE-5.5.1.1-03")]
    public void An_essential_acr_is_met_or_the_request_fails()
    {
        AuthorizationDecision With(string claim) => Ask.Decide(Ask.Facts(Ask.Request(("claims", $$$"""{"id_token":{"acr":{{{claim}}}}}""")), Trusted, Alice));
        IsRefused("unmet_authentication_requirements", Refusal.AcrUnmet, With("""{"essential":true,"values":["gold"]}"""));
        Assert.IsType<CodeIssued>(With($$"""{"essential":true,"values":["gold","{{Authorization.PasswordAcr}}"]}"""));
        Assert.IsType<CodeIssued>(With("""{"values":["gold"]}"""));
        Assert.IsType<CodeIssued>(With("""{"essential":true}"""));
    }

    /// <summary>prompt=none shows no page, whatever the facts.</summary>
    [Fact]
    [Requirement("OIDC-CORE-3.1.2.1-10", "OIDC-CORE-3.1.2.6-05", "OIDC-CORE-3.1.2.6-06", "OIDC-CORE-3.1.2.3-03", "OIDC-CORE-3.1.2.1-22")]
    public void A_silent_request_is_answered_without_a_page()
    {
        AuthorizeRequest silent = Ask.Request(("prompt", "none"));
        IsRefused("login_required", Refusal.LoginRequired, Ask.Decide(Ask.Facts(silent)));
        IsRefused("login_required", Refusal.LoginRequired, Ask.Decide(Ask.Facts(Ask.Request(("prompt", "none"), ("max_age", "1")), Trusted, Alice)));
        IsRefused("login_required", Refusal.SubjectMismatch, Ask.Decide(Ask.Facts(silent, Trusted, Alice) with { HintedSubject = "bob" }));
        IsRefused("consent_required", Refusal.ConsentRequired, Ask.Decide(Ask.Facts(silent, null, Alice)));
        Assert.IsType<CodeIssued>(Ask.Decide(Ask.Facts(silent, Trusted, Alice)));
        Assert.IsType<CodeIssued>(Ask.Decide(Ask.Facts(silent, null, Alice) with { Consent = Ask.Given("openid profile notes:read") }));
    }

    [Theory]
    [InlineData(RefreshTokenIssuance.OfflineAccess, "openid offline_access", true, true)]
    [InlineData(RefreshTokenIssuance.OfflineAccess, "openid", false, false)]
    [InlineData(RefreshTokenIssuance.Always, "openid", true, false)]
    [InlineData(RefreshTokenIssuance.Always, "openid offline_access", true, true)]
    [InlineData(RefreshTokenIssuance.Never, "openid offline_access", false, false)]
    [Requirement("RFC9700-4.14.2-01", "OIDC-CORE-11-06")]
    public void The_policy_says_who_gets_a_refresh_token(RefreshTokenIssuance issuance, string scope, bool refresh, bool offline)
    {
        Client client = Trusted with { Policy = GrantPolicy.Confidential with { RefreshTokens = issuance } };
        Grant grant = Assert.IsType<CodeIssued>(Ask.Decide(Ask.Facts(Ask.Request(("scope", scope)), client, Alice))).Grant;
        Assert.Equal((refresh, offline ? null : "sid-alice", offline), (grant.Authorized.IssuesRefreshToken, grant.SessionId, Scope.Contains(grant.Authorized.Scope, "offline_access")));
    }

    [Fact]
    public void A_client_without_the_refresh_grant_is_not_granted_offline_access()
    {
        Grant grant = Assert.IsType<CodeIssued>(Ask.Decide(Ask.Facts(Ask.Request(("scope", "openid offline_access")), Trusted with { GrantTypes = ["authorization_code"] }, Alice))).Grant;
        Assert.Equal(("openid", false), (grant.Authorized.Scope, grant.Authorized.IssuesRefreshToken));
    }

    [Fact]
    [Requirement("FAPI2-SP-5.3.2.1-11")]
    public void A_code_of_the_FAPI_profile_lives_for_a_minute_whatever_the_policy_says()
    {
        Client slow = Sample.Web with { Consent = ConsentRule.Implied, Policy = GrantPolicy.Confidential with { CodeLifetime = TimeSpan.FromMinutes(10) } };
        AuthorizationFacts facts = Ask.Facts(Ask.Request(), slow, Sample.Session());
        Assert.Equal(facts.Now.AddMinutes(10), Assert.IsType<CodeIssued>(Ask.Decide(facts)).Grant.IdleExpiresAt);
        AuthorizeRequest pushed = Ask.Request() with { IsPushed = true };
        Client fast = slow with { Profile = Profile.Fapi2.Name, RequirePushedAuthorizationRequests = true };
        Assert.Equal(facts.Now.AddMinutes(1), Assert.IsType<CodeIssued>(Ask.Decide(Ask.Facts(pushed, fast, Sample.Session()))).Grant.IdleExpiresAt);
    }
}
