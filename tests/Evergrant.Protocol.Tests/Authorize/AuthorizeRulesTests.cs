using Evergrant.Protocol.Authorize;
using Evergrant.Protocol.Clients;

namespace Evergrant.Protocol.Tests.Authorize;

public class AuthorizeRulesTests
{
    private static OAuthError? Judge(AuthorizeRequest request, Client? client = null) => AuthorizeRules.Judge(new AuthorizeFacts(request, client ?? Sample.Web, Sample.Catalogue));

    [Fact]
    public void A_good_request_breaks_no_rule() => Assert.Null(Judge(Ask.Request()));

    public static TheoryData<string, string, string?, string, Refusal> Broken => new()
    {
        { "ParametersOccurOnce", "nonce", "1|2", "invalid_request", Refusal.ParameterRepeated },
        { "RequestUriIsNotSent", "request_uri", "x", "request_uri_not_supported", Refusal.RequestObjectUnsupported },
        { "RegistrationIsNotSent", "registration", "{}", "registration_not_supported", Refusal.RegistrationUnsupported },
        { "ResponseTypeIsSent", "response_type", null, "invalid_request", Refusal.ParameterMissing },
        { "ResponseTypeIsOffered", "response_type", "token", "unsupported_response_type", Refusal.ResponseTypeUnsupported },
        { "ResponseTypeIsOffered", "response_type", "code id_token", "unsupported_response_type", Refusal.ResponseTypeUnsupported },
        { "ResponseTypeIsOffered", "response_type", "CODE", "unsupported_response_type", Refusal.ResponseTypeUnsupported },
        { "PromptNoneStandsAlone", "prompt", "none login", "invalid_request", Refusal.ParameterInvalid },
        { "MaxAgeIsANumber", "max_age", "-1", "invalid_request", Refusal.ParameterInvalid },
        { "MaxAgeIsANumber", "max_age", "1.5", "invalid_request", Refusal.ParameterInvalid },
        { "MaxAgeIsANumber", "max_age", "99999999999", "invalid_request", Refusal.ParameterInvalid },
        { "ClaimsIsAJsonObject", "claims", "[]", "invalid_request", Refusal.ParameterInvalid },
        { "ChallengeIsSent", "code_challenge", null, "invalid_request", Refusal.PkceRequired },
        { "ChallengeMethodIsS256", "code_challenge_method", "plain", "invalid_request", Refusal.PkceMethodUnsupported },
        { "ChallengeMethodIsS256", "code_challenge_method", null, "invalid_request", Refusal.PkceMethodUnsupported },
        { "ChallengeIsWellFormed", "code_challenge", "short", "invalid_request", Refusal.PkceMethodUnsupported },
        { "ScopeIsWellFormed", "scope", "openid  profile", "invalid_scope", Refusal.ScopeInvalid },
        { "ScopeIsKnown", "scope", "unheard:of", "invalid_scope", Refusal.ScopeInvalid },
        { "ResourcesAreAllowed", "resource", "https://unheard.example", "invalid_target", Refusal.ResourceInvalid },
        { "ScopeIsOfOneResource", "scope", "notes:read files:read", "invalid_scope", Refusal.ScopeAmbiguous },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    [Requirement("RFC6749-3.1.1-01", "RFC7636-4.4.1-01", "RFC7636-4.4.1-02", "RFC7636-4.3-01", "RFC6749-4.1.2.1-03", "RFC8707-2-04", "RFC9068-3-03", "OIDC-CORE-3.1.2.1-16", "OIDC-CORE-3.1.2.6-11")]
    public void Each_broken_rule_has_its_error(string rule, string parameter, string? value, string code, Refusal refusal)
    {
        (string, string?)[] changes = value is null ? [(parameter, null)] : [.. value.Split('|').Select(v => (parameter, (string?)v))];
        AuthorizeRequest request = Ask.Request(changes);
        OAuthError error = Judge(request)!;
        Assert.Equal((code, refusal), (error.Code, error.Refusal));
        Assert.Equal(rule, AuthorizeRules.Table.First(r => r.Judge(new AuthorizeFacts(request, Sample.Web, Sample.Catalogue)) is not null).Name);
    }

    [Fact]
    public void A_client_without_the_response_type_is_unauthorized()
    {
        Assert.Equal("unauthorized_client", Judge(Ask.Request(), Sample.Web with { ResponseTypes = [] })!.Code);
        Assert.Equal("unauthorized_client", Judge(Ask.Request(), Sample.Web with { GrantTypes = ["client_credentials"] })!.Code);
    }

    [Fact]
    public void A_client_without_scopes_has_no_default() => Assert.Equal(Refusal.ScopeInvalid, Judge(Ask.Request(("scope", null)), Sample.Web with { Scopes = [] })!.Refusal);

    [Fact]
    [Requirement("RFC7636-5-01")]
    public void Only_a_confidential_client_can_be_freed_from_the_challenge()
    {
        AuthorizeRequest bare = Ask.Request(("code_challenge", null), ("code_challenge_method", null));
        Assert.Null(Judge(bare, Sample.Web with { RequirePkce = false }));
        Assert.Equal(Refusal.PkceRequired, Judge(bare, Sample.Native with { RequirePkce = false })!.Refusal);
        Assert.Equal(Refusal.PkceRequired, Judge(Ask.Request(("code_challenge", null)), Sample.Web with { RequirePkce = false })!.Refusal);
    }

    [Fact]
    public void The_first_broken_rule_is_the_answer()
    {
        AuthorizeRequest request = Ask.Request(("scope", "unheard:of"), ("max_age", "x"), ("code_challenge", null), ("response_type", "token"));
        Assert.Equal("unsupported_response_type", Judge(request)!.Code);
    }

    [Fact]
    public void Every_rule_names_its_source_and_its_name_once()
    {
        Assert.Equal(AuthorizeRules.Table.Count, AuthorizeRules.Table.Select(r => r.Name).Distinct().Count());
        Assert.All(AuthorizeRules.Table, r => Assert.Contains("section", r.Source, StringComparison.Ordinal));
    }

    [Fact]
    [Requirement("OIDC-CORE-3.1.2.1-03", "OIDC-CORE-3.1.2.2-08", "OIDC-CORE-3.1.2.1-17", "OIDC-CORE-3.1.2.1-20", "RFC6749-3.1-08")]
    public void What_is_unknown_is_left_out_rather_than_refused()
    {
        AuthorizeRequest request = Ask.Request(("scope", "openid unheard:of secret"), ("unheard", "x"), ("prompt", "unheard"), ("display", "x"), ("ui_locales", "xx"), ("acr_values", "x"));
        Assert.Null(Judge(request));
        Assert.Equal(["openid"], AuthorizeRules.Grantable(new AuthorizeFacts(request, Sample.Web, Sample.Catalogue)));
    }

    [Fact]
    [Requirement("RFC6749-3.3-04")]
    public void Without_scope_the_clients_own_values_are_meant_and_nothing_of_openid_connect() =>
        Assert.Equal(["notes:read", "extra"], AuthorizeRules.Grantable(new AuthorizeFacts(Ask.Request(("scope", null)), Sample.Web with { Scopes = ["openid", "notes:read", "extra", "gone"] }, Sample.Catalogue)));
}
