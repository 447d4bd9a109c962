using System.Diagnostics;
using Evergrant.Load.Measure;
using Xunit;

namespace Evergrant.Load.Tests.Measure;

/// <summary>Processor time as the kernel tells it.</summary>
public sealed class ProcessStatTests
{
    [Fact]
    public void A_line_is_read_behind_a_name_that_holds_anything()
    {
        var stat = ProcessStat.Parse("4711 (a) (S b) 1 2) S 42 4711 4711 0 -1 4194560 900 800 7 6 150 25 1000 200 20 0 1 0 123456 226000000 5500 18446744073709551615");
        Assert.Equal(new ProcessStat(42, TimeSpan.FromSeconds(1.75), TimeSpan.FromSeconds(12)), stat);
    }

    [Fact]
    public void A_process_that_is_gone_has_no_line()
    {
        using var ended = Process.Start("true");
        ended.WaitForExit();
        Assert.Null(ProcessStat.Of(ended.Id));
    }

    [Fact]
    public void A_tree_counts_children_that_live_and_children_that_have_ended()
    {
        // The shell waits for one child that works and ends, and keeps another that works and then waits for the end of its input.
        const string Work = "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done";
        var start = new ProcessStartInfo("sh", ["-c", $"exec 3<&0; sh -c '{Work}'; sh -c '{Work}; echo worked; read line' <&3 & wait"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        using var shell = Process.Start(start)!;
        Assert.Equal("worked", shell.StandardOutput.ReadLine());
        var root = ProcessStat.Of(shell.Id)!.Value;
        var tree = new ProcessTree(shell.Id);
        Assert.True(root.OfEnded > TimeSpan.Zero);
        Assert.Equal(2, tree.Ids().Count);
        Assert.True(tree.CpuTime() > root.Own + root.OfEnded);
        shell.StandardInput.Close();
        shell.WaitForExit();
    }

    [Fact]
    public void Several_are_as_much_as_their_parts()
    {
        var own = new ProcessFigures(Environment.ProcessId);
        var twice = new ProcessSum([own, own]);
        Assert.True(twice.ResidentBytes() > own.ResidentBytes());
        Assert.True(twice.CpuTime() > own.CpuTime());
    }
}
