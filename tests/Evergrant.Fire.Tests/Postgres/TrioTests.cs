using Evergrant.Fire.Postgres;
using Xunit;

namespace Evergrant.Fire.Tests.Postgres;

/// <summary>Three servers whose roles change.</summary>
public sealed class TrioTests
{
    [Fact]
    public async Task What_was_committed_is_there_after_each_fail_over()
    {
        await using Trio trio = await Trio.StartAsync();
        await trio.Primary.AskAsync<object>("create table kept (turn integer primary key)");
        for (int turn = 1; turn <= 3; turn++)
        {
            await trio.Primary.AskAsync<object>($"insert into kept values ({turn})");
            Instance dead = trio.Primary;
            await trio.FailOverAsync();
            Assert.NotEqual(dead.Name, trio.Primary.Name);
            Assert.Equal(turn, await trio.Primary.AskAsync<long>("select count(*) from kept"));
            await trio.RejoinAsync();
        }
    }
}
