using Evergrant.Specs.RefreshToken;

namespace Evergrant.Specs.Attacks;

/// <summary>Introspection as a place to learn something.</summary>
public sealed class Introspection(Server server)
{
    private const string Inactive = "{\"active\":false}";

    [Fact]
    [Requirement("ATTACK-148", "ATTACK-119")]
    public async Task Whoever_proves_nothing_learns_nothing()
    {
        var tokens = await server.Authorize(AttackClients.Opaque, Families.Scope);
        (string, string)[] form = [("token", tokens.AccessToken)];
        foreach (var reply in new[]
        {
            await server.Api.Post("/introspect", form), await server.Api.Post("/introspect", form, "Bearer " + tokens.AccessToken), await server.Client(AttackClients.Page).Introspect(tokens.AccessToken), await server.Client(AttackClients.Phone).Introspect(tokens.AccessToken),
            await server.Api.Post("/introspect", [.. form, ("client_id", AttackClients.Opaque.Id)]), await server.Api.Post("/introspect", [.. form, ("client_id", "nobody")]),
        })
        {
            reply.Expect(401);
            Assert.False(reply.Has("active"));
            Assert.False(reply.Has("sub"));
        }

        // A refresh token is told to its client alone.
        Assert.True(await server.Client(AttackClients.Opaque).Finds(tokens.Refresh));
        foreach (var other in new[] { AttackClients.Api, AttackClients.Rival, AttackClients.Machine }) Assert.Equal(Inactive, Plain(await server.Client(other).Introspect(tokens.Refresh)));
    }

    [Fact]
    [Requirement("ATTACK-149", "ATTACK-150", "ATTACK-153", "ATTACK-152")]
    public async Task What_is_not_good_is_inactive_and_every_such_answer_is_the_same()
    {
        var api = server.Client(AttackClients.Api);
        var opaque = await server.Authorize(AttackClients.Opaque, Families.Scope);
        var jwt = await server.Authorize(AttackClients.App, Families.Scope);
        var revoked = await server.Authorize(AttackClients.Opaque, Families.Scope);
        (await server.Client(AttackClients.Opaque).Revoke(revoked.Refresh)).Expect(200);
        var files = Tokens.Of(await server.Client(AttackClients.Machine).ClientCredentials(("scope", "files:read"), ("resource", DeclaredState.Files)));
        string[] bad =
        [
            "x", "", "a.b.c", "eva_", new string('A', 200), revoked.AccessToken, revoked.Refresh, files.AccessToken, jwt.IdToken!, opaque.IdToken!, jwt.Refresh, .. Altering.EachPart(opaque.AccessToken), .. Altering.EachPart(jwt.AccessToken), opaque.AccessToken[..^4], opaque.AccessToken[..^30],
            opaque.AccessToken + "AAAA", " " + opaque.AccessToken, opaque.AccessToken + " ",
        ];
        List<string> answers = [];
        foreach (var accept in new[] { "application/json", "application/token-introspection+jwt" })
        {
            foreach (var token in bad.Where(token => token.Length > 0))
            {
                var request = new HttpRequestMessage(HttpMethod.Post, server.Api.Url("/introspect")) { Content = Api.Form([("token", token)]) };
                request.Headers.TryAddWithoutValidation("Authorization", Api.Basic(api.Id, api.Secret));
                request.Headers.TryAddWithoutValidation("Accept", accept);
                var reply = (await server.Api.Send(request)).Expect(200);
                if (reply.MediaType == "application/json")
                {
                    Assert.Equal(Inactive, Plain(reply));
                    answers.Add(string.Join('\n', reply.Headers.Where(header => header.Key != "Date").Select(header => $"{header.Key}: {string.Join(',', header.Value)}").Order()));
                }
                else Assert.Equal(Inactive, Jwt.Parse(reply.Body).Payload.GetProperty("token_introspection").GetRawText().Replace(" ", "", StringComparison.Ordinal));
            }
        }

        Assert.Single(answers.Distinct());
        Assert.True(await api.Finds(opaque.AccessToken));
        Assert.True(await api.Finds(jwt.AccessToken));
    }

    [Fact]
    [Requirement("ATTACK-151")]
    public async Task An_answer_is_kept_for_nobody_else()
    {
        var both = server.Client(Clients.TwoApis);
        var request = new AuthorizationRequest(both).With("scope", "mail:read files:read").And("resource", DeclaredState.Mail).And("resource", DeclaredState.Files);
        var tokens = Tokens.Of(await both.Redeem(request, await (await server.SignedIn()).Code(request)));
        for (var round = 0; round < 3; round++)
        {
            foreach (var (definition, scope) in new[] { (Clients.MailApi, "mail:read"), (Clients.FilesApi, "files:read"), (Clients.TwoApis, "files:read mail:read"), (AttackClients.Rival, null) })
            {
                foreach (var hint in new[] { null, "access_token", "refresh_token" })
                {
                    var reply = (await server.Client(definition).Introspect(tokens.AccessToken, hint)).Expect(200);
                    Assert.Equal(scope, reply.Text("scope") is { } told ? string.Join(' ', told.Split(' ').Order(StringComparer.Ordinal)) : null);
                    Assert.Contains("no-store", reply.Header("Cache-Control"), StringComparison.Ordinal);
                }
            }
        }

        (await both.Revoke(tokens.AccessToken)).Expect(200);
        foreach (var definition in new[] { Clients.MailApi, Clients.FilesApi, Clients.TwoApis }) Assert.Equal(Inactive, Plain(await server.Client(definition).Introspect(tokens.AccessToken)));
    }

    private static string Plain(Reply reply) => reply.Expect(200).Body.Replace(" ", "", StringComparison.Ordinal).ReplaceLineEndings("");
}
