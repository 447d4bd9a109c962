namespace Evergrant.Specs.RefreshToken;

/// <summary>Expiries of a week and of half a year, end to end: the time of the development server moves, nobody waits.</summary>
[Collection(typeof(ClockCollection))]
public sealed class LongLives(ClockServer server)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(5);

    // Six months as a policy writes them.
    private static readonly TimeSpan HalfYear = TimeSpan.FromDays(183);

    [Fact]
    public Task A_sliding_end_of_seven_days_begins_anew_with_each_use() => SlidingAsync(RefreshClients.WeekSliding, TimeSpan.FromDays(7), uses: 6);

    [Fact]
    public Task A_sliding_end_of_six_months_begins_anew_with_each_use() => SlidingAsync(RefreshClients.HalfYearSliding, HalfYear, uses: 4);

    [Fact]
    public Task An_absolute_end_of_seven_days_is_moved_by_no_use() => AbsoluteAsync(RefreshClients.WeekAbsolute, TimeSpan.FromDays(7), uses: 6);

    [Fact]
    public Task An_absolute_end_of_six_months_is_moved_by_no_use() => AbsoluteAsync(RefreshClients.HalfYearAbsolute, HalfYear, uses: 12);

    private async Task SlidingAsync(ClientDefinition definition, TimeSpan life, int uses)
    {
        var client = server.Client(definition);
        var tokens = await server.Authorize(definition, Families.Scope, await server.NewSignedIn(Users.Alice));
        for (var use = 0; use < uses; use++)
        {
            await server.Advance(life - Second);
            tokens = (await client.Refresh(tokens.Refresh)).By("Rotated");
        }

        await server.Advance(life + Second);
        Assert.Equal("RefreshTokenIdle", await server.Why((await client.Refresh(tokens.Refresh)).Expect(400, "invalid_grant")));
        Assert.False(await client.Finds(tokens.Refresh));
    }

    private async Task AbsoluteAsync(ClientDefinition definition, TimeSpan life, int uses)
    {
        var client = server.Client(definition);
        var tokens = await server.Authorize(definition, Families.Scope, await server.NewSignedIn(Users.Alice));
        for (var use = 0; use < uses; use++)
        {
            await server.Advance((life - Second) / uses);
            tokens = (await client.Refresh(tokens.Refresh)).By("Rotated");
        }

        await server.Advance(Second + Second);
        Assert.Equal("GrantExpired", await server.Why((await client.Refresh(tokens.Refresh)).Expect(400, "invalid_grant")));
        Assert.False(await client.Finds(tokens.Refresh));
    }
}
