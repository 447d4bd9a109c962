using System.Text;
using Evergrant.Fire.PowerLoss;
using Xunit;

namespace Evergrant.Fire.Tests.PowerLoss;

/// <summary>What a disk has after a power loss, from the calls that were made.</summary>
public sealed class DiskImageTests
{
    private readonly DiskImage _disk = new();
    private readonly Random _random = new(1);
    private long _position;

    [Fact]
    public void What_was_synced_is_there_and_what_was_not_is_lost()
    {
        Do(DiskOperation.Named, 0, 1, "/d/a");
        Do(DiskOperation.Write, 0, 0, "kept");
        Sync(0);
        Do(DiskOperation.Write, 0, 4, " lost");
        Assert.Equal("kept", Read(PowerLossVariant.Lose, "/d/a"));
        Assert.Equal("kept lost", Read(PowerLossVariant.All, "/d/a"));
    }

    [Fact]
    public void A_sync_promises_only_what_was_written_before_it_began()
    {
        Do(DiskOperation.Named, 0, 1, "/d/a");
        Do(DiskOperation.Write, 0, 0, "before");
        long began = _position;
        Do(DiskOperation.Write, 0, 0, "DURING");
        Do(DiskOperation.Sync, 0, began);
        Assert.Equal("before", Read(PowerLossVariant.Lose, "/d/a"));
        Assert.Equal("DURING", Read(PowerLossVariant.All, "/d/a"));
    }

    [Fact]
    public void A_new_name_may_be_lost_until_its_folder_is_synced()
    {
        Do(DiskOperation.Named, 0, 1, "/d/a");
        Do(DiskOperation.Write, 0, 0, "x");
        Sync(0);
        Assert.Empty(_disk.Photograph(PowerLossVariant.Names, _random));
        Do(DiskOperation.FolderSync, -1, _position, "/d");
        Do(DiskOperation.Named, 1, 1, "/d/b");
        Assert.Equal(["/d/a"], _disk.Photograph(PowerLossVariant.Names, _random).Keys);
    }

    [Fact]
    public void A_rename_and_a_removal_are_undone_with_their_names()
    {
        Do(DiskOperation.Named, 0, 0, "/d/old");
        Do(DiskOperation.Initial, 0, 0, "old");
        Do(DiskOperation.Named, 1, 0, "/d/gone");
        Do(DiskOperation.Rename, -1, 0, "/d/old\0/d/new");
        Do(DiskOperation.Unlink, -1, 0, "/d/gone");
        Assert.Equal(["/d/new"], _disk.Photograph(PowerLossVariant.Lose, _random).Keys);
        HashSet<string> seen = [];
        for (int i = 0; i < 50; i++) seen.Add(string.Join(' ', _disk.Photograph(PowerLossVariant.Names, _random).Keys.Order()));
        Assert.Equal(["/d/gone /d/new", "/d/gone /d/old"], seen.Order());
    }

    [Fact]
    public void Sectors_are_torn_and_come_in_any_order()
    {
        Do(DiskOperation.Named, 0, 1, "/d/a");
        Do(DiskOperation.Write, 0, 0, new string('a', 2048));
        HashSet<string> images = [];
        for (int i = 0; i < 100; i++) images.Add(Read(PowerLossVariant.Sectors, "/d/a").Replace('\0', '-'));
        Assert.Contains(images, image => image.StartsWith("---", StringComparison.Ordinal) && image.EndsWith("aaa", StringComparison.Ordinal));
        Assert.All(images, image => Assert.True(image.Length % 512 == 0));
        Assert.InRange(images.Count, 8, 16);
    }

    [Fact]
    public void Pages_of_a_failed_sync_never_come_back()
    {
        Do(DiskOperation.Named, 0, 1, "/d/a");
        Do(DiskOperation.Write, 0, 0, "x");
        Do(DiskOperation.FailedSync, 0, 0);
        Sync(0);
        Assert.Equal("", Read(PowerLossVariant.All, "/d/a"));
    }

    [Fact]
    public void A_log_reads_back_as_it_was_written_up_to_where_it_was_cut()
    {
        byte[] log = [.. DiskLog.Note("! advance a 1"), .. DiskLog.Note("? revoke b 0")];
        Assert.Equal(["! advance a 1", "? revoke b 0"], DiskLog.Read(log).Records.Select(r => r.Text));
        Assert.Single(DiskLog.Read(log[..^1]).Records);
    }

    private void Sync(int file) => Do(DiskOperation.Sync, file, _position);

    private void Do(DiskOperation operation, int file, long at, string bytes = "") => _disk.Apply(new(_position++, operation, file, at, Encoding.UTF8.GetBytes(bytes)));

    private string Read(PowerLossVariant variant, string path) => Encoding.UTF8.GetString(_disk.Photograph(variant, _random)[path]);
}
