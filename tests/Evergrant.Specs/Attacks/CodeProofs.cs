using Evergrant.Specs.Rfc8628;

namespace Evergrant.Specs.Attacks;

/// <summary>Attacks on PKCE (RFC 7636).</summary>
public sealed class CodeProofs(Server server)
{
    [Fact]
    [Requirement("ATTACK-068", "ATTACK-069", "ATTACK-070")]
    public async Task Without_a_challenge_by_S256_there_is_no_code()
    {
        var alice = await server.SignedIn();
        foreach (var definition in new[] { AttackClients.Page, AttackClients.App })
        {
            AuthorizationRequest Good() => new(server.Client(definition));
            foreach (var request in new[]
            {
                Good().WithoutPkce(), Good().With("code_challenge", ""), Good().With("code_challenge_method", "plain"), Good().Without("code_challenge_method"), Good().With("code_challenge_method", "S512"), Good().With("code_challenge_method", "s256"),
                Good().With("code_challenge_method", ""), Good().With("code_challenge_method", "S256 "), Good().With("code_challenge_method", "none"), Good().WithoutPkce().With("code_challenge_method", "S256"),
            })
            {
                var page = (await alice.Authorize(request)).ExpectError("invalid_request");
                Assert.StartsWith(definition.RedirectUri + "?", page.Location, StringComparison.Ordinal);
                Assert.Null(page.Code);
            }
        }

        Assert.Equal(["S256"], (await server.Api.Discovery()).Json.GetProperty("code_challenge_methods_supported").EnumerateArray().Select(method => method.GetString()!));
    }

    [Fact]
    [Requirement("ATTACK-071", "ATTACK-072")]
    public async Task Without_the_verifier_a_code_is_worth_nothing()
    {
        foreach (var definition in new[] { AttackClients.Page, AttackClients.App })
        {
            foreach (var verifier in new Func<AuthorizationRequest, string?>[] { _ => null, _ => "", request => request["code_challenge"], _ => Pkce.NewVerifier(), request => request.Verifier + "A", request => request.Verifier[..^1], request => request.Verifier.ToUpperInvariant() })
            {
                var (request, code) = await server.NewCode(definition);
                (await request.Client.Redeem(request, code, ("code_verifier", verifier(request)))).Expect(400, "invalid_grant");
            }
        }

        // The challenge is stripped from the request of a client that need not send one; the client still sends its verifier.
        var (stripped, unprotected) = await Stripped();
        (await stripped.Client.Redeem(stripped, unprotected, ("code_verifier", Pkce.NewVerifier()))).Expect(400, "invalid_grant");
        (stripped, unprotected) = await Stripped();
        (await stripped.Client.Redeem(stripped, unprotected, ("code_verifier", stripped.Verifier))).Expect(400, "invalid_grant");

        async Task<(AuthorizationRequest, string)> Stripped()
        {
            var request = new AuthorizationRequest(server.Client(Clients.WithoutPkce)).WithoutPkce();
            return (request, await (await server.SignedIn()).Code(request));
        }
    }

    [Fact]
    [Requirement("ATTACK-073", "ATTACK-022")]
    public async Task Wrong_proofs_give_nothing_and_take_nothing_from_whoever_has_the_right_ones()
    {
        // A refusal changes nothing (docs/decisions/0005): whoever saw a code in passing must not be able to keep its owner from signing in.
        foreach (var definition in new[] { AttackClients.Page, AttackClients.App })
        {
            var (request, code) = await server.NewCode(definition);
            for (var attempt = 0; attempt < 4; attempt++)
            {
                (await request.Client.Redeem(request, code, ("code_verifier", Pkce.NewVerifier()))).Expect(400, "invalid_grant");
                (await request.Client.Redeem(request, code, ("redirect_uri", definition.RedirectUri + "/"))).Expect(400, "invalid_grant");
            }

            var tokens = Tokens.Of(await request.Client.Redeem(request, code));
            // Once it is used up, wrong proofs do not count as a replay either; right ones do.
            (await request.Client.Redeem(request, code, ("code_verifier", Pkce.NewVerifier()))).Expect(400, "invalid_grant");
            var next = Tokens.Of(await request.Client.Refresh(tokens.Refresh));
            (await request.Client.Redeem(request, code)).Expect(400, "invalid_grant");
            (await request.Client.Refresh(next.Refresh)).Expect(400, "invalid_grant");
        }
    }

    [Fact]
    [Requirement("ATTACK-074")]
    public async Task A_verifier_is_long_and_of_its_alphabet_and_a_challenge_is_a_hash()
    {
        const string Character = "a";
        string Of(int length) => string.Concat(Enumerable.Repeat(Character, length));
        foreach (var verifier in new[] { Of(1), Of(42), Of(129), Of(42) + "+", Of(42) + "/", Of(42) + "=", Of(43) + " ", Of(43) + "é", Of(43) + "\n", Of(43) + "%41" })
        {
            // Its hash is what was announced, and still it is none.
            var request = new AuthorizationRequest(server.Client(AttackClients.App)).WithVerifier(verifier);
            var code = await (await server.SignedIn()).Code(request);
            var reply = await request.Client.Redeem(request, code);
            Assert.True(reply.Status == 400 && reply.Error is "invalid_grant" or "invalid_request", $"{verifier.Length}: {reply}");
        }

        foreach (var verifier in new[] { Of(43), Of(128), "-._~" + Of(43) })
        {
            var request = new AuthorizationRequest(server.Client(AttackClients.App)).WithVerifier(verifier);
            (await request.Client.Redeem(request, await (await server.SignedIn()).Code(request))).Expect(200);
        }

        foreach (var challenge in new[] { Of(42), Of(44), Of(42) + "=", Of(42) + "+", "x", Of(128) })
            (await (await server.SignedIn()).Authorize(new AuthorizationRequest(server.Client(AttackClients.App)).With("code_challenge", challenge))).ExpectError("invalid_request");
    }

    [Fact]
    [Requirement("ATTACK-075")]
    public async Task In_other_grants_PKCE_means_nothing()
    {
        (string, string?)[] extra = [("code_verifier", Pkce.NewVerifier()), ("code_challenge", Pkce.Challenge(Pkce.NewVerifier())), ("code_challenge_method", "S256")];
        var tokens = await server.Authorize(AttackClients.App, "openid offline_access");
        var refreshed = Tokens.Of(await server.Client(AttackClients.App).Refresh(tokens.Refresh, extra));
        Assert.Equal(tokens.Scopes, refreshed.Scopes);
        // The old one is spent as ever: no verifier saves it.
        (await server.Client(AttackClients.App).Refresh(tokens.Refresh, extra)).Expect(400, "invalid_grant");
        (await server.Client(AttackClients.Machine).ClientCredentials([.. extra, ("scope", "mail:read")])).Expect(200);

        var device = await Device.Begin(server, DeviceClients.Gateway);
        await device.Answer("allow");
        (await server.Client(DeviceClients.Gateway).Token([("grant_type", DeviceClients.GrantType), ("device_code", device.Code), .. extra.Select(one => (one.Item1, one.Item2!))])).Expect(200);
    }

    [Fact]
    [Requirement("ATTACK-077", "ATTACK-060")]
    public async Task A_code_that_is_slipped_into_another_session_does_not_fit_its_verifier()
    {
        // The attacker's code and the victim's verifier, at the same client.
        var (attackers, stolen) = await server.NewCode(AttackClients.App, browser: await server.SignedIn(Users.Bob));
        var (victims, own) = await server.NewCode(AttackClients.App);
        (await victims.Client.Redeem(victims, stolen)).Expect(400, "invalid_grant");
        (await victims.Client.Redeem(victims, own)).Expect(200);

        // Two clients with one and the same challenge.
        var mine = new AuthorizationRequest(server.Client(AttackClients.App));
        var theirs = new AuthorizationRequest(server.Client(AttackClients.Rival)).WithVerifier(mine.Verifier);
        var (first, second) = (await (await server.SignedIn()).Code(mine), await (await server.SignedIn()).Code(theirs));
        (await theirs.Client.Redeem(theirs, first)).Expect(400, "invalid_grant");
        (await mine.Client.Redeem(mine, second)).Expect(400, "invalid_grant");
        (await theirs.Client.Redeem(theirs, first, ("redirect_uri", AttackClients.App.RedirectUri))).Expect(400, "invalid_grant");
        (await mine.Client.Redeem(mine, first)).Expect(200);
        (await theirs.Client.Redeem(theirs, second)).Expect(200);
    }
}
