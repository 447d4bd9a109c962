using System.Text.Json;

namespace Evergrant.Specs.RefreshToken;

/// <summary>docs/grants.md, Explain: what a refusal hides from the client, an operator reads under its reference.</summary>
public sealed class Explaining(Server server)
{
    [Fact]
    [Requirement("ATTACK-094")]
    public async Task Refusals_at_the_token_endpoint_are_told_apart_though_they_look_the_same()
    {
        var client = server.Client(RefreshClients.Once);
        var first = await server.Authorize(RefreshClients.Once, Families.Scope);
        var foreign = await server.Client(Clients.Other).Refresh(first.Refresh);
        var unknown = await client.Refresh("x");
        var widened = (await client.Refresh(first.Refresh, ("scope", "extra"))).Expect(400, "invalid_scope");
        var second = Tokens.Of(await client.Refresh(first.Refresh));
        var replayed = await client.Refresh(first.Refresh);
        var revoked = await client.Refresh(second.Refresh);
        var alike = new[] { foreign, unknown, replayed, revoked };

        Assert.Equal("RefreshTokenOfAnotherClient", await server.Why(foreign));
        Assert.Equal("RefreshTokenUnknown", await server.Why(unknown));
        Assert.Equal("ScopeWidened", await server.Why(widened));
        Assert.Equal("RefreshTokenReplayed", await server.Why(replayed));
        Assert.Equal("GrantRevoked", await server.Why(revoked));
        Assert.All(alike, reply => reply.Expect(400, "invalid_grant"));
        Assert.Single(alike.Select(reply => reply.Text("error_description")!.Replace(reply.Reference(), "…", StringComparison.Ordinal)).Distinct());
        Assert.Equal(alike.Length, alike.Select(reply => reply.Reference()).Distinct().Count());
    }

    [Fact]
    public async Task Refusals_of_a_code_are_told_apart()
    {
        var (request, code) = await NewCode();
        var client = request.Client;

        Assert.Equal("PkceVerifierWrong", await server.Why(await client.Redeem(request, code, ("code_verifier", Pkce.NewVerifier()))));
        Assert.Equal("PkceVerifierWrong", await server.Why(await client.Redeem(request, code, ("code_verifier", null))));
        Assert.Equal("RedirectUriMismatch", await server.Why(await client.Redeem(request, code, ("redirect_uri", "https://elsewhere.example/"))));
        Assert.Equal("CodeUnknown", await server.Why(await client.Redeem(request, "x")));
        Assert.Equal("CodeOfAnotherClient", await server.Why(await server.Client(Clients.Other).Redeem(request, code)));
        (await client.Redeem(request, code)).Expect(200);
        Assert.Equal("CodeReplayed", await server.Why(await client.Redeem(request, code)));
    }

    [Fact]
    public async Task A_wrong_secret_is_named_to_operators_alone()
    {
        var wrong = (await server.Api.Post("/token", [("grant_type", "client_credentials")], Api.Basic(Clients.Knocking.Id, "wrong"))).Expect(401, "invalid_client");
        var nobody = (await server.Api.Post("/token", [("grant_type", "client_credentials")], Api.Basic("nobody-at-all", "wrong"))).Expect(401, "invalid_client");

        Assert.Equal("ClientSecretWrong", await server.Why(wrong));
        Assert.Equal("ClientUnknown", await server.Why(nobody));
        Assert.Equal(
            wrong.Text("error_description")!.Replace(wrong.Reference(), "…", StringComparison.Ordinal),
            nobody.Text("error_description")!.Replace(nobody.Reference(), "…", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_widened_resource_is_named()
    {
        var tokens = await server.Authorize(RefreshClients.TwoApis, "offline_access mail:read", null, ("resource", DeclaredState.Mail));

        var reply = (await server.Client(RefreshClients.TwoApis).Refresh(tokens.Refresh, ("resource", DeclaredState.Files))).Expect(400, "invalid_target");

        Assert.Equal("ResourceWidened", await server.Why(reply));
    }

    [Fact]
    public async Task The_command_tells_the_rule_the_policy_the_story_and_what_to_do()
    {
        var client = server.Client(RefreshClients.Once);
        var first = await server.Authorize(RefreshClients.Once, Families.Scope);
        Tokens.Of(await client.Refresh(first.Refresh));
        var reply = await client.Refresh(first.Refresh);

        var command = await server.Run("explain", reply.Reference(), "--json");
        Assert.True(command.ExitCode == 0, command.Errors);
        using var told = JsonDocument.Parse(command.Output);
        var explanation = told.RootElement;

        Assert.Equal("RefreshTokenReplayed", Families.Fact(explanation, "Refusal"));
        Assert.Equal(client.Id, Families.Fact(explanation, "Client"));
        Assert.Equal("1", Families.Fact(explanation, "Presented generation"));
        Assert.Equal("2", Families.Fact(explanation, "Generation on record then"));
        Assert.False(string.IsNullOrEmpty(Families.Fact(explanation, "Policy")));
        Assert.Contains("row 6", explanation.GetProperty("rule").GetString(), StringComparison.Ordinal);
        Assert.False(string.IsNullOrEmpty(explanation.GetProperty("advice").GetString()));
        Assert.Contains(explanation.GetProperty("story").EnumerateArray(), step => step.GetProperty("what").GetString() == "Replayed");
        Assert.DoesNotContain(first.Refresh, command.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(first.Refresh[^30..], command.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reference_is_found_however_it_is_typed_and_an_unknown_one_is_said_to_be()
    {
        var reference = (await server.Client(RefreshClients.Once).Refresh("x")).Reference();

        foreach (var typed in new[] { reference, reference.ToLowerInvariant(), reference.Replace("-", "", StringComparison.Ordinal) })
            (await server.Api.Get(server.Api.Origin + "/dev/explain?reference=" + typed)).Expect(200);
        (await server.Api.Get(server.Api.Origin + "/dev/explain?reference=0000-0000")).Expect(404);
        Assert.NotEqual(0, (await server.Run("explain", "0000-0000", "--json")).ExitCode);
    }

    private async Task<(AuthorizationRequest Request, string Code)> NewCode()
    {
        var request = new AuthorizationRequest(server.Client(RefreshClients.Acknowledged));
        return (request, await (await server.SignedIn()).Code(request));
    }
}
