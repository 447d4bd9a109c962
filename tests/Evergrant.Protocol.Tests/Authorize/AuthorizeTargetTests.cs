using System.Text;
using Evergrant.Protocol.Authorize;
using Evergrant.Protocol.Clients;

namespace Evergrant.Protocol.Tests.Authorize;

public class AuthorizeTargetTests
{
    private static OAuthError? Find(string query, Client? client, out AuthorizeTarget? target) =>
        AuthorizeTarget.Find(AuthorizeRequest.Read(Parameters.Parse(Encoding.UTF8.GetBytes(query))!), client, out target);

    private const string Good = "client_id=web&redirect_uri=https%3A%2F%2Fapp.example%2Fcb";

    [Theory]
    [InlineData("", ResponseMode.Query)]
    [InlineData("&response_mode=query", ResponseMode.Query)]
    [InlineData("&response_mode=fragment", ResponseMode.Fragment)]
    [InlineData("&response_mode=form_post", ResponseMode.FormPost)]
    [Requirement("OIDC-CORE-3.1.2.1-07")]
    public void The_answer_goes_where_it_was_registered_and_as_it_was_asked(string more, ResponseMode mode)
    {
        Assert.Null(Find(Good + more, Sample.Web, out AuthorizeTarget? target));
        Assert.Equal(new AuthorizeTarget(Sample.Web, Sample.Redirect, mode), target);
    }

    [Theory]
    [InlineData("redirect_uri=https%3A%2F%2Fapp.example%2Fcb", Refusal.ClientMissing)]
    [InlineData("client_id=web&redirect_uri=https%3A%2F%2Fevil.example", Refusal.RedirectUriUnregistered)]
    [InlineData("client_id=web&scope=openid", Refusal.RedirectUriMissing)]
    [InlineData(Good + "&response_mode=jwt.query", Refusal.ResponseModeUnsupported)]
    [InlineData(Good + "&client_id=other", Refusal.ParameterRepeated)]
    [InlineData(Good + "&redirect_uri=https%3A%2F%2Fevil.example", Refusal.ParameterRepeated)]
    [InlineData("scope=a&scope=b&" + Good + "&redirect_uri=https%3A%2F%2Fapp.example%2Fcb", Refusal.ParameterRepeated)]
    [InlineData(Good + "&state=1&state=2", Refusal.ParameterRepeated)]
    [InlineData(Good + "&response_mode=query&response_mode=fragment", Refusal.ParameterRepeated)]
    [Requirement("RFC6749-3.1.2.4-01", "OIDC-CORE-3.1.2.6-03", "OIDC-CORE-3.1.2.1-04")]
    public void Without_a_verified_target_nothing_is_redirected(string query, Refusal refusal)
    {
        Assert.Equal(refusal, Find(query, Sample.Web, out AuthorizeTarget? target)!.Refusal);
        Assert.Null(target);
    }

    [Fact]
    public void An_unknown_client_is_never_answered() => Assert.Equal(Refusal.ClientUnknown, Find(Good, null, out _)!.Refusal);

    [Fact]
    [Requirement("RFC6749-3.1.2.3-01", "OAUTH21-4.1.1-02")]
    public void The_redirect_uri_may_be_left_out_only_where_there_is_no_choice()
    {
        Assert.Null(Find("client_id=web", Sample.Web, out AuthorizeTarget? target));
        Assert.Equal(Sample.Redirect, target!.RedirectUri);
        Assert.Equal(Refusal.RedirectUriMissing, Find("client_id=web", Sample.Web with { RedirectUris = [Sample.Redirect, "https://app.example/2"] }, out _)!.Refusal);
        Assert.Equal(Refusal.RedirectUriMissing, Find("client_id=web", Sample.Web with { RedirectUris = [] }, out _)!.Refusal);
    }
}
