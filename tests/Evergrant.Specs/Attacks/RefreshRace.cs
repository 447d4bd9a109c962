using System.Net.Sockets;
using System.Text;
using Evergrant.Specs.RefreshToken;
using Evergrant.Specs.Rfc8628;

namespace Evergrant.Specs.Attacks;

/// <summary>Requests of one grant that meet, and answers that nobody reads.</summary>
public sealed class RefreshRace(Server server)
{
    [Fact]
    [Requirement("ATTACK-080", "ATTACK-081")]
    public async Task An_answer_that_is_dropped_again_and_again_is_always_the_same()
    {
        var client = server.Client(RefreshClients.Acknowledged);
        var first = await server.Authorize(RefreshClients.Acknowledged, Families.Scope);
        var form = Api.Encode([("grant_type", "refresh_token"), ("refresh_token", first.Refresh)]);
        var request = Encoding.ASCII.GetBytes(
            $"POST /token HTTP/1.1\r\nHost: localhost:{server.Port()}\r\nAuthorization: {Api.Basic(client.Id, client.Secret)}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {form.Length}\r\n\r\n{form}");
        for (var attempt = 0; attempt < 10; attempt++)
        {
            using var connection = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await connection.ConnectAsync("localhost", server.Port());
            await connection.SendAsync(request);
            // The answer is there, and nobody reads it: the connection is reset.
            Assert.True(connection.Poll(TimeSpan.FromSeconds(10), SelectMode.SelectRead), "No answer came");
            connection.LingerState = new LingerOption(true, 0);
        }

        var second = (await client.Refresh(first.Refresh)).By("Repeated");
        Assert.Equal(second.Refresh, (await client.Refresh(first.Refresh)).By("Repeated").Refresh);
        (await server.Api.Get("/userinfo", second.AccessToken)).Expect(200);
        // It moved by one generation.
        var third = (await client.Refresh(second.Refresh)).By("Rotated");
        (await client.Refresh(third.Refresh)).By("Rotated");
    }

    [Fact]
    [Requirement("ATTACK-090")]
    public async Task A_device_code_that_is_redeemed_fifty_times_at_once_gives_one_set_of_tokens()
    {
        foreach (var definition in new[] { DeviceClients.Gateway, DeviceClients.Strict })
        {
            var device = await Device.Begin(server, definition);
            await device.Answer(await server.NewSignedIn(Users.Alice), "allow");
            var replies = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => device.Poll()));
            var given = replies.Where(reply => reply.Status == 200).Select(Tokens.Of).ToList();
            Assert.Single(given.Select(tokens => tokens.Refresh).Distinct());
            Assert.All(replies.Where(reply => reply.Status != 200), reply => reply.Expect(400, "invalid_grant"));
            if (definition == DeviceClients.Strict) await server.Dead(server.Client(definition), Assert.Single(given));
            else (await server.Client(definition).Refresh(given[0].Refresh)).By("Rotated");
        }
    }

    [Fact]
    [Requirement("ATTACK-091")]
    public async Task Grants_of_one_session_do_not_disturb_one_another()
    {
        var browser = await server.NewSignedIn(Users.Alice);
        var (one, two) = (server.Client(AttackClients.App), server.Client(AttackClients.Rival));
        var (mine, theirs) = (await server.Authorize(AttackClients.App, Families.Scope, browser), await server.Authorize(AttackClients.Rival, Families.Scope, browser));
        for (var round = 0; round < 100; round++)
        {
            var replies = await Task.WhenAll(one.Refresh(mine.Refresh), two.Refresh(theirs.Refresh));
            (mine, theirs) = (replies[0].By("Rotated"), replies[1].By("Rotated"));
        }
    }
}
