using System.Text;

namespace Evergrant.Specs.Rfc7636;

/// <summary>RFC 7636 section 4: Proof Key for Code Exchange.</summary>
public sealed class Section4_Pkce(Server server)
{
    [Theory]
    [InlineData(42, "a")]
    [InlineData(129, "a")]
    [InlineData(43, "+")]
    [InlineData(43, "=")]
    [InlineData(43, "é")]
    [InlineData(43, " ")]
    [Requirement("RFC7636-4.1-02")]
    public async Task A_challenge_outside_its_form_is_refused(int length, string filler)
    {
        var challenge = string.Concat(Enumerable.Repeat(filler, length));

        var page = await (await server.SignedIn()).Authorize(new AuthorizationRequest(server.Client(Clients.Web)).With("code_challenge", challenge));

        page.ExpectError("invalid_request");
    }

    [Theory]
    [InlineData(42, "a")]
    [InlineData(129, "a")]
    [InlineData(1, "a")]
    [InlineData(43, "é")]
    [Requirement("RFC7636-4.1-02", "RFC9700-2.1.1-02")]
    public async Task A_verifier_outside_its_form_is_refused_even_if_its_hash_fits(int length, string filler)
    {
        var verifier = string.Concat(Enumerable.Repeat(filler, length));
        var request = new AuthorizationRequest(server.Client(Clients.Web)).WithVerifier(verifier);
        var challenge = System.Buffers.Text.Base64Url.EncodeToString(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(verifier)));
        var code = await (await server.SignedIn()).Code(request.With("code_challenge", challenge));

        var reply = await request.Client.Redeem(request, code);

        Assert.True(reply.Status == 400 && reply.Error is "invalid_grant" or "invalid_request", reply.ToString());
    }

    [Theory]
    [InlineData(43)]
    [InlineData(128)]
    [Requirement("RFC7636-4.1-02", "RFC9700-2.1.1-01")]
    public async Task A_verifier_of_every_permitted_character_and_length_is_accepted(int length)
    {
        var verifier = string.Concat(Enumerable.Repeat("AZaz09-._~", 13))[..length];
        foreach (var definition in new[] { Clients.Web, Clients.Native, Clients.WithoutPkce })
        {
            var request = new AuthorizationRequest(server.Client(definition)).WithVerifier(verifier);
            var code = await (await server.SignedIn()).Code(request);
            (await request.Client.Redeem(request, code)).Expect(200);
        }
    }

    [Fact]
    [Requirement("RFC7636-4.2-01", "RFC9700-2.1.1-01")]
    public async Task The_example_of_the_standard_works_and_its_padded_form_does_not()
    {
        var browser = await server.SignedIn();
        var request = new AuthorizationRequest(server.Client(Clients.Web)).WithVerifier(Pkce.ExampleVerifier);
        Assert.Equal(Pkce.ExampleChallenge, request["code_challenge"]);

        var code = await browser.Code(request);
        var padded = await browser.Authorize(new AuthorizationRequest(server.Client(Clients.Web)).With("code_challenge", Pkce.ExampleChallenge + "="));

        (await request.Client.Redeem(request, code)).Expect(200);
        padded.ExpectError("invalid_request");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("plain")]
    [InlineData("S512")]
    [InlineData("s256")]
    [InlineData("none")]
    [Requirement("RFC7636-4.3-01", "RFC7636-4.3-02", "RFC7636-4.4.1-02", "RFC7636-4.4.1-03")]
    public async Task Another_method_than_S256_is_refused(string? method)
    {
        var browser = await server.SignedIn();
        foreach (var definition in new[] { Clients.Web, Clients.Native, Clients.WithoutPkce })
        {
            var page = await browser.Authorize(new AuthorizationRequest(server.Client(definition)).With("code_challenge_method", method));
            page.ExpectError("invalid_request");
            Assert.Contains("code_challenge_method", page["error_description"] ?? "", StringComparison.Ordinal);
        }
    }

    [Fact]
    [Requirement("RFC7636-4.4.1-01", "RFC7636-4.4.1-03", "OAUTH21-4.1.1-01")]
    public async Task A_missing_challenge_is_refused()
    {
        var browser = await server.SignedIn();
        foreach (var definition in new[] { Clients.Web, Clients.Native, Clients.Spa })
        {
            var page = await browser.Authorize(new AuthorizationRequest(server.Client(definition)).WithoutPkce());
            page.ExpectError("invalid_request");
            Assert.Contains("code_challenge", page["error_description"] ?? "", StringComparison.Ordinal);
        }

        (await browser.Authorize(new AuthorizationRequest(server.Client(Clients.Web)).Without("code_challenge"))).ExpectError("invalid_request");
    }

    [Fact]
    [Requirement("RFC7636-4.4-01", "RFC7636-4.6-01")]
    public async Task The_verifier_of_another_request_fails()
    {
        var browser = await server.SignedIn();
        var one = new AuthorizationRequest(server.Client(Clients.Web));
        var two = new AuthorizationRequest(server.Client(Clients.Web));
        var code = await browser.Code(one);
        await browser.Code(two);

        (await one.Client.Redeem(one, code, ("code_verifier", two.Verifier))).Expect(400, "invalid_grant");
        (await one.Client.Redeem(one, code, ("code_verifier", one["code_challenge"]))).Expect(400, "invalid_grant");
        (await one.Client.Redeem(one, code, ("code_verifier", Altering.At(one.Verifier, 20)))).Expect(400, "invalid_grant");
        (await one.Client.Redeem(one, code)).Expect(200);
    }

    [Fact]
    [Requirement("RFC7636-4.4-02")]
    public async Task Nothing_in_the_answer_tells_the_challenge()
    {
        var request = new AuthorizationRequest(server.Client(Clients.Web));
        var page = await (await server.SignedIn()).Authorize(request);
        var challenge = request["code_challenge"]!;
        var raw = System.Buffers.Text.Base64Url.DecodeFromChars(challenge);
        var tail = page.Code![(page.Code!.LastIndexOf('_') + 1)..];

        Assert.DoesNotContain(challenge, page.Location!, StringComparison.Ordinal);
        Assert.DoesNotContain(challenge, page.Html, StringComparison.Ordinal);
        if (System.Buffers.Text.Base64Url.IsValid(tail))
            Assert.True(System.Buffers.Text.Base64Url.DecodeFromChars(tail).AsSpan().IndexOf(raw) < 0, "The code holds the challenge");
    }

    [Fact]
    [Requirement("RFC7636-4.5-01")]
    public async Task The_token_request_cannot_choose_the_method()
    {
        var request = new AuthorizationRequest(server.Client(Clients.Web));
        var code = await (await server.SignedIn()).Code(request);
        var challenge = request["code_challenge"];

        (await request.Client.Redeem(request, code, ("code_verifier", challenge), ("code_challenge_method", "plain"))).Expect(400, "invalid_grant");
        (await request.Client.Redeem(request, code, ("code_challenge_method", "plain"), ("code_challenge", request.Verifier))).Expect(200);
    }

    [Fact]
    [Requirement("RFC7636-4.6-01", "RFC9700-2.1.1-02")]
    public async Task A_missing_verifier_is_refused()
    {
        var browser = await server.SignedIn();
        foreach (var definition in new[] { Clients.Web, Clients.Native, Clients.WithoutPkce })
        {
            var request = new AuthorizationRequest(server.Client(definition));
            var code = await browser.Code(request);
            (await request.Client.Redeem(request, code, ("code_verifier", null))).Expect(400, "invalid_grant");
            (await request.Client.Redeem(request, code)).Expect(200);
        }
    }

    [Fact]
    [Requirement("RFC7636-5-01", "RFC9700-2.1.1-03")]
    public async Task A_confidential_client_may_be_exempted_and_then_sends_no_verifier()
    {
        var request = new AuthorizationRequest(server.Client(Clients.WithoutPkce)).WithoutPkce();
        var browser = await server.SignedIn();
        var code = await browser.Code(request);

        (await request.Client.Redeem(request, code, ("code_verifier", request.Verifier))).Expect(400, "invalid_grant");
        (await request.Client.Redeem(request, code)).Expect(200);
    }

    [Fact]
    [Requirement("RFC7636-5-01")]
    public async Task A_public_client_cannot_be_exempted()
    {
        var applied = await server.Apply(DeclaredState.Json(server.Issuer, Clients.Native with { Id = "exempted", RequirePkce = false }));

        Assert.NotEqual(0, applied.ExitCode);
    }

    [Fact]
    [Requirement("RFC7636-7.2-02", "RFC8414-2-13")]
    public async Task The_metadata_lists_S256_alone()
    {
        var methods = (await server.Api.Metadata()).Json.GetProperty("code_challenge_methods_supported");

        Assert.Equal(["S256"], methods.EnumerateArray().Select(method => method.GetString()));
    }
}
