using System.Text.Json;
using Evergrant.Specs.RefreshToken;

namespace Evergrant.Specs.Ciba;

/// <summary>CIBA Core sections 9, 10.2, 10.3 and 12: the client is told, or sent what it waits for.</summary>
[Collection(typeof(ClockCollection))]
public sealed class Section10_PingAndPush(ClockServer server)
{
    private const string Token = "8d67dc78-7faa-4d41-aabd-67707b374255";

    [Fact]
    [Requirement("CIBA-9-01", "CIBA-10.2-01", "CIBA-10.2-03", "CIBA-10.1-03", "CIBA-7.1-04", "FAPI-CIBA-5.2.2-05")]
    public async Task A_pinged_client_is_told_of_an_answer_either_way_and_may_poll_all_the_same()
    {
        await using var receiver = new NotificationReceiver();
        var definition = receiver.Client("ciba-ping", "ping", 204, 200);
        await server.Declare(definition);
        (await CibaRequest.Ask(server, definition)).Expect(400, "invalid_request");
        (await CibaRequest.Ask(server, definition, ("client_notification_token", new string('a', 1025)))).Expect(400, "invalid_request");
        foreach (var decision in new[] { "allow", "deny" })
        {
            var request = await CibaRequest.Begin(server, definition, ("client_notification_token", Token));
            (await request.Poll()).Expect(400, "authorization_pending");
            await request.Answer(decision);
            var (authorization, body) = await receiver.Next();
            Assert.Equal("Bearer " + Token, authorization);
            var member = Assert.Single(body.EnumerateObject());
            Assert.Equal(("auth_req_id", request.Id), (member.Name, member.Value.GetString()));
            if (decision == "allow") Tokens.Of(await request.Poll());
            else (await request.Poll()).Expect(400, "access_denied");
        }
        Assert.DoesNotContain(Token, server.Output, StringComparison.Ordinal);
    }

    [Fact]
    [Requirement("CIBA-10.3.1-01", "CIBA-10.3.1-02", "CIBA-10.3.1-03", "CIBA-10-01", "CIBA-11-06", "CIBA-9-01")]
    public async Task A_push_brings_the_tokens_and_binds_them_to_the_request()
    {
        await using var receiver = new NotificationReceiver();
        var definition = receiver.Client("ciba-push", "push", 500, 204);
        await server.Declare(definition);
        var request = await CibaRequest.Begin(server, definition, ("client_notification_token", Token));
        Assert.False(request.Begun.Json.TryGetProperty("interval", out _));
        (await request.Poll()).Expect(400, "unauthorized_client");
        await request.Answer("allow");
        var first = (await receiver.Next()).Body;
        await server.Advance(TimeSpan.FromSeconds(31));
        // What did not arrive comes again with the same refresh token.
        var (authorization, body) = await receiver.Next();
        Assert.Equal("Bearer " + Token, authorization);
        Assert.Equal(request.Id, body.GetProperty("auth_req_id").GetString());
        var refresh = body.GetProperty("refresh_token").GetString()!;
        Assert.Equal(first.GetProperty("refresh_token").GetString(), refresh);
        var id = Jwt.Parse(body.GetProperty("id_token").GetString()!);
        Assert.Equal(request.Id, id.Claim("urn:openid:params:jwt:claim:auth_req_id"));
        Assert.Equal(HalfHash(refresh), id.Claim("urn:openid:params:jwt:claim:rt_hash"));
        Assert.Equal(HalfHash(body.GetProperty("access_token").GetString()!), id.Claim("at_hash"));
        Assert.True(id.VerifiesWith((await server.Api.Get("/jwks")).Json));
        (await server.Api.Get("/userinfo", body.GetProperty("access_token").GetString())).Expect(200);
        (await server.Client(definition).Refresh(refresh)).By("Rotated");
    }

    [Fact]
    [Requirement("CIBA-12-01", "CIBA-10.2-04", "ATTACK-265")]
    public async Task A_push_client_is_sent_the_error_and_its_redirects_are_not_followed()
    {
        await using var receiver = new NotificationReceiver();
        var definition = receiver.Client("ciba-push-errors", "push", 302, 200);
        await server.Declare(definition);
        var request = await CibaRequest.Begin(server, definition, ("client_notification_token", Token));
        await request.Answer("deny");
        Assert.Equal(("access_denied", request.Id), Of((await receiver.Next()).Body));
        Assert.Equal(0, receiver.Elsewhere);
        await server.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(("access_denied", request.Id), Of((await receiver.Next()).Body));
        request = await CibaRequest.Begin(server, definition, ("client_notification_token", Token), ("requested_expiry", "20"));
        await server.Advance(TimeSpan.FromSeconds(26));
        Assert.Equal(("expired_token", request.Id), Of((await receiver.Next()).Body));
        Assert.Equal(0, receiver.Elsewhere);

        static (string?, string?) Of(JsonElement body) => (body.GetProperty("error").GetString(), body.GetProperty("auth_req_id").GetString());
    }

    private static string HalfHash(string value) => System.Buffers.Text.Base64Url.EncodeToString(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(value)).AsSpan(0, 16));
}
