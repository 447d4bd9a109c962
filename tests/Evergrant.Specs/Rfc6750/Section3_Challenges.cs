using System.Text.RegularExpressions;

namespace Evergrant.Specs.Rfc6750;

/// <summary>RFC 6750 section 3: the WWW-Authenticate challenge.</summary>
public sealed partial class Section3_Challenges(Server server)
{
    [Fact]
    [Requirement("RFC6750-3-01", "RFC6750-3.1-04")]
    public async Task Without_a_token_the_challenge_has_a_realm_and_no_error()
    {
        foreach (var reply in new[] { await server.Api.Get("/userinfo"), await server.Api.Post("/userinfo", []) })
        {
            var challenge = Challenge(reply.Expect(401));
            Assert.True(challenge.ContainsKey("realm"));
            Assert.False(challenge.ContainsKey("error"));
        }
    }

    [Fact]
    [Requirement("RFC6750-3-01", "RFC6750-3-02", "RFC6750-3-03", "RFC6750-3.1-02", "RFC9068-4-03", "RFC9068-4-06")]
    public async Task A_token_that_fails_is_named_invalid()
    {
        var web = server.Client(Clients.Web);
        var tokens = await server.Authorize(Clients.Web, "openid offline_access");
        var revoked = await server.Authorize(Clients.Web, "openid");
        (await web.Revoke(revoked.AccessToken)).Expect(200);
        var unsigned = Jwt.Sign(tokens.AccessJwt.Payload, "none", null, type: "at+jwt");
        var bySomeoneElse = Jwt.Sign(tokens.AccessJwt.Payload, "ES256", ClientKeys.Ec, tokens.AccessJwt.Header.GetProperty("kid").GetString(), "at+jwt");

        foreach (var token in new[] { "x", "a.b.c", tokens.IdToken!, tokens.Refresh, revoked.AccessToken, unsigned, bySomeoneElse, Altering.At(tokens.AccessToken, tokens.AccessToken.Length - 10) })
        {
            var reply = (await server.Api.Get("/userinfo", token)).Expect(401);
            Assert.Equal("invalid_token", Challenge(reply).GetValueOrDefault("error"));
        }

        (await server.Api.Get("/userinfo", tokens.AccessToken)).Expect(200);
    }

    [Fact]
    [Requirement("RFC6750-3.1-03", "RFC6750-3-02")]
    public async Task A_token_without_the_needed_scope_is_told_which_it_needs()
    {
        var user = await server.Authorize(Clients.Web, "mail:read");
        var machine = Tokens.Of(await server.Client(Clients.Machine).ClientCredentials(("scope", "mail:read")));

        foreach (var token in new[] { user.AccessToken, machine.AccessToken })
        {
            var challenge = Challenge((await server.Api.Get("/userinfo", token)).Expect(403));
            Assert.Equal("insufficient_scope", challenge.GetValueOrDefault("error"));
            Assert.Equal("openid", challenge.GetValueOrDefault("scope", "openid"));
        }
    }

    [Theory]
    [InlineData("Bearer \"quoted\\\"")]
    [InlineData("Bearer ünïcode")]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("Bearer a b")]
    [InlineData("Basic d2ViOng=")]
    [InlineData("Nonsense")]
    [Requirement("RFC6750-3-01", "RFC6750-3-02", "RFC6750-3-04")]
    public async Task Odd_input_gets_a_well_formed_challenge(string authorization)
    {
        using var handler = new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => System.Text.Encoding.UTF8 };
        using var http = new HttpClient(handler);
        var request = new HttpRequestMessage(HttpMethod.Get, server.Api.Url("/userinfo"));
        request.Headers.TryAddWithoutValidation("Authorization", authorization);

        var reply = await new Api(http, server.Issuer).Send(request);

        Assert.True(reply.Status is 400 or 401, reply.ToString());
        Challenge(reply);
    }

    /// <summary>Reads the challenge strictly: one scheme, attributes that do not repeat, values in the permitted characters.</summary>
    private static Dictionary<string, string> Challenge(Reply reply)
    {
        var fields = reply.Headers.Where(h => h.Key == "WWW-Authenticate").SelectMany(h => h.Value).ToList();
        // Without a token a second field tells of the other scheme (RFC 9449 section 7.1).
        Assert.True(fields.Count == 1 || (fields.Count == 2 && fields[1].StartsWith("DPoP realm=", StringComparison.Ordinal)), $"Not one challenge: {reply}");
        var header = fields[0];
        Assert.True(ChallengePattern().IsMatch(header), $"Not a well-formed challenge: {header}");
        var attributes = new Dictionary<string, string>();
        foreach (Match attribute in AttributePattern().Matches(header))
            Assert.True(attributes.TryAdd(attribute.Groups[1].Value, attribute.Groups[2].Value), $"Repeated: {attribute.Groups[1].Value}");
        return attributes;
    }

    [GeneratedRegex("^Bearer [a-z_]+=\"[ !#-\\[\\]-~]*\"(, ?[a-z_]+=\"[ !#-\\[\\]-~]*\")*$")]
    private static partial Regex ChallengePattern();

    [GeneratedRegex("([a-z_]+)=\"([^\"]*)\"")]
    private static partial Regex AttributePattern();
}
