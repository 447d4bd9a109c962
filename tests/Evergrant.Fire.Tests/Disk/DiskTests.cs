using Evergrant.Fire.Disk;
using Evergrant.Fire.PowerLoss;
using Evergrant.Tests;
using Xunit;

namespace Evergrant.Fire.Tests.Disk;

/// <summary>Short forms of what is done to the disk below the store and the program.</summary>
public sealed class DiskTests(ITestOutputHelper output)
{
    [Fact]
    public Task Every_answer_is_still_true_after_the_power_went() => ShortRun.HeldAsync(new PowerLossDrill(), 0.02, output);

    [Fact]
    public Task A_call_on_the_disk_that_fails_makes_no_answer_false() => ShortRun.HeldAsync(new IoSweepDrill(), 0.05, output);

    [Fact]
    [Requirement("ATTACK-086")]
    public Task A_full_read_only_or_slow_disk_is_answered_honestly_and_recovered_from() => ShortRun.HeldAsync(new DiskTroubleDrill(), 0.05, output);

    [Fact]
    public Task Damaged_files_are_refused_in_words_or_give_no_wrong_answer() => ShortRun.HeldAsync(new DamageDrill(), 0.02, output);

    [Fact]
    [Requirement("ATTACK-089", "ATTACK-394", "ATTACK-395")]
    public Task Nothing_that_has_ended_lives_again_when_the_clock_jumps() => ShortRun.HeldAsync(new ClockDrill(), 0.05, output);

    [Fact]
    [Requirement("ATTACK-117")]
    public Task Clients_that_are_ahead_of_a_restored_backup_go_on() => ShortRun.HeldAsync(new RestoreDrill(), 0.001, output);
}
