using System.Net.Http.Headers;

namespace Evergrant.Specs.Rfc6749;

/// <summary>RFC 6749 appendix B: UTF-8 in form-urlencoded messages.</summary>
public sealed class AppendixB_Encoding(Server server)
{
    [Fact]
    [Requirement("RFC6749-B-01")]
    public async Task A_user_name_and_password_beyond_ASCII_sign_in()
    {
        var browser = await server.NewSignedIn(Users.Zoe);

        var tokens = await server.Authorize(Clients.Web, "openid profile", browser);
        var userinfo = (await server.Api.Get("/userinfo", tokens.AccessToken)).Expect(200);

        Assert.Equal(Users.Zoe.Name, userinfo.Text("name"));
    }

    [Fact]
    [Requirement("RFC6749-B-01")]
    public async Task A_space_may_be_a_plus_and_a_charset_may_be_named()
    {
        var machine = server.Client(Clients.Machine);
        var request = new HttpRequestMessage(HttpMethod.Post, server.Api.Url("/token")) { Content = new StringContent("grant_type=client_credentials&scope=mail:read+mail%3Asend") };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse("application/x-www-form-urlencoded;charset=UTF-8");
        request.Headers.TryAddWithoutValidation("Authorization", Api.Basic(machine.Id, machine.Secret));

        var tokens = Tokens.Of(await server.Api.Send(request));

        Assert.Equal(["mail:read", "mail:send"], tokens.Scopes);
    }
}
