using Evergrant.Protocol.Token;

namespace Evergrant.Protocol.Tests.Token;

public class TokenRequestTests
{
    [Fact]
    public void Every_member_is_read()
    {
        Assert.Null(TokenRequest.Read(Sample.Form(("grant_type", "g"), ("scope", "a b"), ("code", "c"), ("redirect_uri", "r"), ("code_verifier", "v"), ("refresh_token", "t"), ("unheard", "x")), 0, out TokenRequest? request));
        Assert.Equal(("g", "c", "r", "v", "t"), (request!.GrantType, request.Code, request.RedirectUri, request.CodeVerifier, request.RefreshToken));
        Assert.Equal(["a", "b"], request.Scopes);
        Assert.Empty(request.Resources);
    }

    [Theory]
    [InlineData("", Refusal.ParameterMissing, "invalid_request")]
    [InlineData("grant_type=", Refusal.ParameterMissing, "invalid_request")]
    [InlineData("grant_type=a&grant_type=a", Refusal.ParameterRepeated, "invalid_request")]
    [InlineData("grant_type=a&code=1&code=2", Refusal.ParameterRepeated, "invalid_request")]
    [InlineData("grant_type=a&scope=%20a", Refusal.ScopeInvalid, "invalid_scope")]
    [InlineData("grant_type=a&scope=a%20%20b", Refusal.ScopeInvalid, "invalid_scope")]
    [InlineData("grant_type=a&scope=a%22", Refusal.ScopeInvalid, "invalid_scope")]
    [Requirement("RFC6749-5.2-02", "RFC6749-3.1-07", "RFC6749-3.1-09")]
    public void What_is_missing_repeated_or_malformed_is_refused(string form, Refusal refusal, string code)
    {
        OAuthError error = TokenRequest.Read(Parameters.Parse(System.Text.Encoding.UTF8.GetBytes(form))!, 0, out TokenRequest? request)!;
        Assert.Equal((refusal, code), (error.Refusal, error.Code));
        Assert.Null(request);
    }

    [Fact]
    [Requirement("RFC8707-2-02")]
    public void Several_resources_are_read_and_audience_is_their_alias()
    {
        TokenRequest.Read(Sample.Form(("grant_type", "g"), ("resource", "https://a"), ("audience", "https://b"), ("resource", "https://c"), ("audience", "https://a")), 0, out TokenRequest? request);
        Assert.Equal(["https://a", "https://c", "https://b"], request!.Resources);
    }

    [Fact]
    public void A_resource_named_twice_counts_once()
    {
        TokenRequest.Read(Sample.Form(("grant_type", "g"), ("resource", "https://a"), ("resource", "https://a")), 0, out TokenRequest? request);
        Assert.Equal(["https://a"], request!.Resources);
    }
}
