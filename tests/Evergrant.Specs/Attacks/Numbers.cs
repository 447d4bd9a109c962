using System.Text.Json.Nodes;
using Evergrant.Specs.RefreshToken;

namespace Evergrant.Specs.Attacks;

/// <summary>Numbers at and beyond their ends, and years far away; on a server of its own, whose clock goes there.</summary>
public sealed class Numbers(Numbers.Future server) : IClassFixture<Numbers.Future>
{
    [Fact]
    [Requirement("ATTACK-391", "ATTACK-396")]
    public async Task Lifetimes_have_ranges_and_the_years_2038_and_2100_are_years_like_others()
    {
        ClientDefinition With(string name, JsonNode value) => new("bad-number") { Policy = Clients.Rule(name, value) };
        string[] spans = ["-00:00:01", "-1.00:00:00", "99999999.00:00:00", "1e308", "2147483648", "9223372036854775807", "x", ""];
        await server.NotRegistered(
        [
            .. from name in new[] { "code_lifetime", "access_token_lifetime", "idle_lifetime", "absolute_lifetime", "device_code_lifetime" } from span in spans select With(name, span), With("code_lifetime", "00:00:00"), With("access_token_lifetime", "00:00:00"), With("retry_budget", -1), With("retry_budget", 2147483648L),
            With("access_token_lifetime", -1), With("access_token_lifetime", 1e308),
            .. new JsonNode[] { -1, 2147483648L, 1e308, "60", 0.5 }.Select(value => new ClientDefinition("bad-age") { Further = new Dictionary<string, JsonNode> { ["default_max_age"] = value } }),
        ]);

        var browser = await server.NewSignedIn(Users.Alice);
        foreach (var age in new[] { "-1", "1e9", "1.5", "x", "99999999999999999999", "0x10", " 5", "+5", "\u0665" })
            (await browser.Authorize(new AuthorizationRequest(server.Client(AttackClients.App)).With("max_age", age))).ExpectError("invalid_request");
        foreach (var age in new[] { "2147483647", "100000" }) Assert.NotNull((await browser.Authorize(new AuthorizationRequest(server.Client(AttackClients.App)).With("max_age", age))).Code);

        foreach (var year in new[] { 2038, 2039, 2100 })
        {
            var now = DateTimeOffset.Parse((await server.Api.PostJson("/dev/clock", """{"advance":"00:00:01"}""")).Expect(200).Text("now")!, System.Globalization.CultureInfo.InvariantCulture);
            await server.Advance(new DateTimeOffset(year, year == 2038 ? 1 : 3, year == 2038 ? 19 : 1, 3, 14, 0, TimeSpan.Zero) - now);
            var client = server.Client(RefreshClients.Acknowledged);
            var tokens = await server.Authorize(RefreshClients.Acknowledged, Families.Scope, await server.NewSignedIn(Users.Alice));
            await server.Advance(TimeSpan.FromSeconds(20));
            var next = (await client.Refresh(tokens.Refresh)).By("Rotated");
            foreach (var one in new[] { tokens, next })
            {
                Assert.Equal(one.Reply.Json.GetProperty("expires_in").GetInt64(), one.AccessJwt.Number("exp") - one.AccessJwt.Number("iat"));
                Assert.InRange(DateTimeOffset.FromUnixTimeSeconds(one.AccessJwt.Number("exp")).Year, year, year + 1);
            }

            Assert.True(await client.Finds(next.AccessToken));
            (await server.Api.Get("/userinfo", next.AccessToken)).Expect(200);
        }
    }

    /// <summary>The server of this test alone.</summary>
    public sealed class Future : ClockServer;
}
