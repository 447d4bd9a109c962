using System.Runtime.Versioning;
using Evergrant.Protocol.Storage;
using Evergrant.Sqlite;
using Evergrant.Tests;
using static Evergrant.Storage.Tests.Rows;

namespace Evergrant.Storage.Tests.Sqlite;

/// <summary>The folder and the file: modes, settings, and what is refused at the door.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class FileTests
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    [Fact]
    public async Task Only_the_owner_can_read_the_folder_and_its_files()
    {
        await using SqliteUnderTest store = new();
        await store.OpenAsync();
        await store.Grants.CommitAsync(new CreateGrant(Active()), null, default);
        Assert.Equal(OwnerOnly | UnixFileMode.UserExecute, File.GetUnixFileMode(store.Folder));
        foreach (string name in (string[])["evergrant.db", "evergrant.db-wal", "evergrant.db-shm", "evergrant.lock", "evergrant.mark"])
            Assert.Equal(OwnerOnly, File.GetUnixFileMode(Path.Combine(store.Folder, name)));
        Assert.Equal($"{Environment.ProcessId}\n", await ReadLockedAsync(Path.Combine(store.Folder, "evergrant.lock")));
    }

    [Fact]
    [Requirement("ATTACK-404")]
    public async Task Files_that_others_could_read_are_closed_to_them()
    {
        await using SqliteUnderTest store = new();
        await store.OpenAsync();
        await store.CloseAsync();
        File.SetUnixFileMode(store.Database, OwnerOnly | UnixFileMode.OtherRead | UnixFileMode.GroupRead);
        await store.OpenAsync();
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(store.Database));
    }

    [Fact]
    public async Task Every_connection_has_the_settings_that_keep_the_promises()
    {
        await using SqliteUnderTest store = new();
        await store.OpenAsync();
        Dictionary<string, string> expected = new()
        {
            ["writer.journal_mode"] = "wal", ["writer.synchronous"] = "2", ["writer.wal_autocheckpoint"] = "0", ["writer.journal_size_limit"] = "12582912",
            ["writer.trusted_schema"] = "0", ["writer.cell_size_check"] = "1", ["writer.foreign_keys"] = "1", ["writer.busy_timeout"] = "2000", ["writer.temp_store"] = "2",
            ["reader.synchronous"] = "2", ["reader.wal_autocheckpoint"] = "0", ["reader.query_only"] = "1", ["reader.trusted_schema"] = "0", ["reader.cell_size_check"] = "1",
            ["reader.foreign_keys"] = "1", ["reader.busy_timeout"] = "2000",
        };
        foreach ((string name, string value) in expected) Assert.Equal($"{name}={value}", $"{name}={store.Store.Pragmas[name]}");
        Assert.Equal(SqliteUnderTest.NewestTables, store.Store.StoreVersion);
        Assert.Matches(@"^3\.\d+\.\d+ \((bundled|libsqlite3\.so\.0)\)$", store.Store.SqliteVersion);
        Assert.StartsWith("20", store.Store.SqliteSource, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(200L << 20, 12_582_912)]
    [InlineData(1L << 30, 50_331_648)]
    [InlineData(1L << 40, 150_994_944)]
    public async Task The_log_of_a_large_database_may_be_longer(long size, long limit)
    {
        await using SqliteUnderTest store = new();
        await store.OpenAsync();
        await store.CloseAsync();
        using (FileStream file = File.OpenWrite(store.Database)) file.SetLength(size); // a hole: it takes no room
        await store.OpenAsync();
        Assert.Equal($"{limit}", store.Store.Pragmas["writer.journal_size_limit"]);
    }

    [Fact]
    public async Task A_newer_schema_is_refused()
    {
        await using SqliteUnderTest store = new();
        await store.OpenAsync(connection =>
        {
            connection.Execute("pragma user_version = 99");
            return new Transaction(connection);
        });
        await store.CloseAsync();
        StoreOpenException refused = await Assert.ThrowsAsync<StoreOpenException>(store.OpenAsync);
        Assert.Contains($"schema version 99; this program knows versions up to {SqliteUnderTest.NewestTables}", refused.Message, StringComparison.Ordinal);
        // The refusal has let the folder go.
        Assert.IsNotType<StoreInUseException>(await Assert.ThrowsAsync<StoreOpenException>(store.OpenAsync));
    }

    [Fact]
    public async Task A_database_of_another_program_is_refused()
    {
        await using SqliteUnderTest store = new();
        Directory.CreateDirectory(store.Folder);
        Evergrant.Sqlite.Database.Create(store.Database);
        NativeSqlite.Load();
        using (Connection other = Connection.Open(store.Database, readOnly: false)) other.Execute("create table t (x)");
        StoreOpenException refused = await Assert.ThrowsAsync<StoreOpenException>(store.OpenAsync);
        Assert.Contains("another program", refused.Message, StringComparison.Ordinal);
    }

    [Theory, InlineData(0), InlineData(4096 * 2 + 1), InlineData(4096 * 3 + 50)]
    public async Task A_damaged_file_is_refused_with_the_way_out(int at)
    {
        await using SqliteUnderTest store = new();
        await store.OpenAsync();
        for (int i = 0; i < 100; i++) await store.Grants.CommitAsync(new CreateGrant(Active(Id(i))), null, default);
        await store.CloseAsync();
        byte[] bytes = await File.ReadAllBytesAsync(store.Database);
        bytes.AsSpan(at, 64).Fill(0xa5);
        await File.WriteAllBytesAsync(store.Database, bytes);
        StoreOpenException refused = await Assert.ThrowsAsync<StoreOpenException>(store.OpenAsync);
        Assert.Contains("damaged", refused.Message, StringComparison.Ordinal);
        Assert.Contains("backup", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_was_cut_short_is_refused()
    {
        await using SqliteUnderTest store = new();
        await store.OpenAsync();
        for (int i = 0; i < 100; i++) await store.Grants.CommitAsync(new CreateGrant(Active(Id(i))), null, default);
        await store.CloseAsync();
        using (FileStream file = File.OpenWrite(store.Database)) file.SetLength(file.Length / 2);
        await Assert.ThrowsAsync<StoreOpenException>(store.OpenAsync);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_refused()
    {
        string file = Path.GetTempFileName();
        try
        {
            await Assert.ThrowsAsync<StoreOpenException>(() => SqliteStore.OpenAsync(new SqliteOptions(Path.Combine(file, "store"))));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("/data/evergrant", "nfs4")]
    [InlineData("/data/local/store", null)]
    [InlineData("/data/local", null)]
    [InlineData("/data/localx", "nfs4")]
    [InlineData("/home/x", null)]
    [InlineData("/mnt/my share/store", "cifs")]
    [InlineData("/over", null)]
    public void A_network_file_system_is_known_by_the_mount_that_holds_the_folder(string folder, string? type)
    {
        const string Mounts = """
            /dev/vda / ext4 rw 0 0
            server:/x /data nfs4 rw 0 0
            /dev/vdb /data/local xfs rw 0 0
            //nas/s /mnt/my\040share cifs rw 0 0
            server:/y /over nfs rw 0 0
            tmpfs /over tmpfs rw 0 0
            """;
        Assert.Equal(type, NetworkFileSystem.Find(folder, Mounts));
    }

    private static async Task<string> ReadLockedAsync(string path)
    {
        using Microsoft.Win32.SafeHandles.SafeFileHandle file = Posix.OpenForReading(path);
        byte[] bytes = new byte[32];
        return System.Text.Encoding.ASCII.GetString(bytes, 0, await RandomAccess.ReadAsync(file, bytes, 0));
    }
}
