using System.Text.Json.Nodes;

namespace Evergrant.Specs.Rfc7591;

/// <summary>RFC 7591 section 5, RFC 7592 section 5: how long a registration lasts.</summary>
[Collection<ClockCollection>]
public sealed class Section5_TimeBounds(ClockServer server)
{
    [Fact]
    [Requirement("RFC7591-5-05", "RFC7592-5-01", "ATTACK-351")]
    public async Task A_client_that_nobody_uses_goes_and_one_that_is_used_stays()
    {
        var unused = await server.Api.Registered(Registrations.Web());
        var used = await server.Api.Registered(Registrations.Web().With("grant_types", new JsonArray("authorization_code", "refresh_token")));
        await server.Advance(TimeSpan.FromDays(60));
        (await used.Client.Refresh("nonsense")).Expect(400, "invalid_grant");
        (await unused.Read()).Expect(200);

        await server.Advance(TimeSpan.FromDays(40));
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while ((await unused.Read()).Status == 200) await timer.WaitForNextTickAsync(patience.Token);
        (await used.Read()).Expect(200);
        (await used.Client.Refresh("nonsense")).Expect(400, "invalid_grant");
    }
}
