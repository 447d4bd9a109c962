namespace Evergrant.Specs.Rfc8628;

/// <summary>RFC 8628 section 3.5: intervals and ends, by the movable clock.</summary>
[Collection(typeof(ClockCollection))]
public sealed class Section3_5_TimeBounds(ClockServer server)
{
    [Fact]
    [Requirement("RFC8628-3.5-02", "RFC8628-3.2-03", "ATTACK-210")]
    public async Task A_device_that_asks_too_often_waits_five_seconds_longer_each_time()
    {
        var device = await Device.Begin(server, DeviceClients.Television);
        (await device.Poll()).Expect(400, "authorization_pending");
        await server.Advance(TimeSpan.FromSeconds(5));
        (await device.Poll()).Expect(400, "authorization_pending");
        (await device.Poll()).Expect(400, "slow_down");
        await server.Advance(TimeSpan.FromSeconds(5));
        (await device.Poll()).Expect(400, "slow_down");
        await server.Advance(TimeSpan.FromSeconds(15));
        (await device.Poll()).Expect(400, "authorization_pending");
        await server.Advance(TimeSpan.FromSeconds(12));
        (await device.Poll()).Expect(400, "slow_down");
        // Who has been answered is not made to wait.
        await device.Answer("allow");
        Tokens.Of(await device.Poll());
    }

    [Fact]
    [Requirement("RFC8628-3.5-04", "XDEV-6.1.2-01", "ATTACK-215")]
    public async Task Both_codes_end_with_their_time_and_how_long_that_is_can_be_set()
    {
        foreach (var (definition, life) in new[] { (DeviceClients.Television, TimeSpan.FromMinutes(10)), (DeviceClients.Hasty, TimeSpan.FromMinutes(2)) })
        {
            var device = await Device.Begin(server, definition);
            Assert.Equal(life.TotalSeconds, device.Begun.Json.GetProperty("expires_in").GetInt32());
            await server.Advance(life - TimeSpan.FromSeconds(5));
            (await device.Poll()).Expect(400, "authorization_pending");
            var late = await Device.Begin(server, definition);
            await late.Answer("allow");
            await server.Advance(TimeSpan.FromSeconds(6));
            (await device.Poll()).Expect(400, "expired_token");
            Assert.Contains("No device waits", (await device.Type(await server.NewSignedIn(Users.Alice))).Text, StringComparison.Ordinal);
            // An answer that was given in time is not fetched for ever.
            await server.Advance(life);
            (await late.Poll()).Expect(400, "expired_token");
        }
    }

    [Fact]
    [Requirement("RFC8628-5.1-01", "ATTACK-209")]
    public async Task Guessing_is_stopped_for_a_while_and_a_good_code_waits_as_well()
    {
        await server.Advance(TimeSpan.FromMinutes(11));
        var device = await Device.Begin(server, DeviceClients.Television);
        var browser = await server.NewSignedIn(Users.Alice);
        Page page;
        var tried = 0;
        do page = await device.Type(browser, "BCD-FGH-JKL");
        while (page.Status != 429 && ++tried < 50);
        Assert.Equal(10, tried);
        Assert.NotNull(page.Header("Retry-After"));
        Assert.Equal(429, (await device.Type(browser)).Status);
        await server.Advance(TimeSpan.FromMinutes(9));
        Assert.Equal(429, (await device.Type(browser)).Status);
        await server.Advance(TimeSpan.FromSeconds(61));
        device = await Device.Begin(server, DeviceClients.Television);
        (await device.Type(browser)).Expect(PageKind.Consent);
    }
}
