using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Evergrant.Program.Tests.Harness;
using Xunit;

namespace Evergrant.Program.Tests.Hosting;

/// <summary>Ends that lie days and months ahead, from one end of the program to the other, by moving its clock.</summary>
public sealed class ExpiryTests(DevelopmentServer server) : IClassFixture<DevelopmentServer>
{
    [Theory]
    [InlineData("7.00:00:00", "null")]
    [InlineData("183.00:00:00", "null")]
    [InlineData("null", "7.00:00:00")]
    [InlineData("null", "183.00:00:00")]
    [InlineData("30.00:00:00", "183.00:00:00")]
    public async Task A_refresh_token_lives_to_its_end_and_no_longer(string idle, string absolute)
    {
        await Changing.PolicyAsync(server, $$"""{ "idle_lifetime": {{Quoted(idle)}}, "absolute_lifetime": {{Quoted(absolute)}} }""");
        string token = RefreshTokenOf(await CodeFlow.Run(server));
        TimeSpan step = (Span(idle) ?? Span(absolute)!.Value) - TimeSpan.FromMinutes(1), gone = TimeSpan.Zero;
        if (Span(absolute) is { } end)
        {
            // Used often enough, it lives to the absolute end.
            for (; gone + step < end; gone += step)
            {
                await AdvanceAsync(step);
                token = RefreshTokenOf(await RefreshAsync(token));
            }
            await AdvanceAsync(end - gone - TimeSpan.FromMinutes(1) > TimeSpan.Zero ? end - gone - TimeSpan.FromMinutes(1) : TimeSpan.FromSeconds(1));
            token = RefreshTokenOf(await RefreshAsync(token));
            await AdvanceAsync(TimeSpan.FromMinutes(2));
            Assert.Equal("GrantExpired", await WhyAsync(await RefreshAsync(token)));
            return;
        }
        // Sliding: every use begins anew, as often as one likes.
        for (int i = 0; i < 4; i++)
        {
            await AdvanceAsync(step);
            token = RefreshTokenOf(await RefreshAsync(token));
        }
        await AdvanceAsync(step + TimeSpan.FromMinutes(2));
        Assert.Equal("RefreshTokenIdle", await WhyAsync(await RefreshAsync(token)));
    }

    private static string Quoted(string span) => span == "null" ? span : $"\"{span}\"";

    private static TimeSpan? Span(string span) => span == "null" ? null : TimeSpan.Parse(span, System.Globalization.CultureInfo.InvariantCulture);

    private static string RefreshTokenOf(JsonElement answer) => answer.TryGetProperty("refresh_token", out JsonElement token) ? token.GetString()! : throw new InvalidOperationException($"No tokens: {answer}");

    private Task<JsonElement> RefreshAsync(string token) => CodeFlow.Token(server, new("grant_type", "refresh_token"), new("refresh_token", token));

    private async Task<string?> WhyAsync(JsonElement refused)
    {
        Assert.Equal("invalid_grant", refused.GetProperty("error").GetString());
        string reference = refused.GetProperty("error_description").GetString()!.TrimEnd('.')[^9..];
        Said said = await server.Run("explain", reference);
        return new[] { "GrantExpired", "RefreshTokenIdle" }.FirstOrDefault(name => said.Output.Contains(name, StringComparison.Ordinal));
    }

    private async Task AdvanceAsync(TimeSpan span)
    {
        using HttpResponseMessage reply = await server.Http.PostAsJsonAsync(server.Issuer + "/dev/clock", new { advance = span.ToString("c") });
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
    }
}
