using System.Globalization;
using Evergrant.Fire.Native;
using Evergrant.Fire.Servers;
using Evergrant.Sqlite;
using SQLitePCL;

namespace Evergrant.Fire.Migration;

/// <summary>An old file. The program dies before one of its calls on the disk.</summary>
internal sealed class SqliteOldStore : IOldStore
{
    private const string Killed = "kill -9 before a call on the disk";
    private const string Schema = "select coalesce(group_concat(sql, char(10)), '') from (select sql from sqlite_master where sql is not null order by name)";

    // What stands beside the database and belongs to the node.
    private static readonly string[] Beside = ["root.key", "dev.json"];

    private readonly string _lived, _old, _schema;
    private readonly DiskControl _control;
    private StoreContents? _contents;

    private SqliteOldStore(string scratch, DiskControl control, Cluster cluster)
    {
        (_lived, _old, _schema, _control, Cluster) = (Path.Combine(scratch, "lived"), Path.Combine(scratch, "old"), Path.Combine(scratch, "schema.txt"), control, cluster);
    }

    public IReadOnlyList<string> Scripts { get; } = Migration.Scripts.Of(typeof(SqliteStore).Assembly);

    public Cluster Cluster { get; }

    public IReadOnlyList<string> Misfortunes { get; } = [Killed];

    public int Passed => (int)_control.Calls;

    private string Folder => Cluster.Nodes[0].Plan.Folder;

    /// <summary>Starts the node on a new file.</summary>
    public static async Task<IOldStore> StartAsync(DrillSetting setting, CancellationToken cancellationToken)
    {
        raw.SetProvider(new SQLite3Provider_e_sqlite3());
        DiskShim shim = await DiskShim.BuildAsync(setting.Scratch, cancellationToken);
        DiskControl control = new(Path.Combine(setting.Scratch, "disk.control"));
        const string Node = "node";
        try
        {
            return new SqliteOldStore(setting.Scratch, control, await Cluster.OnSqliteAsync(setting, Node, cancellationToken, shim.Environment(Path.Combine(setting.Scratch, Node), control)));
        }
        catch
        {
            control.Dispose();
            throw;
        }
    }

    public async Task KeepAsync()
    {
        Directory.Move(Folder, _lived);
        using Connection lived = Connection.Open(Path.Combine(_lived, Database.FileName), readOnly: false);
        lived.Execute("pragma wal_checkpoint(truncate)");
        await File.WriteAllTextAsync(_schema, lived.Ask(Schema));
    }

    public async Task MakeAsync(int version)
    {
        if (Directory.Exists(_old)) Directory.Delete(_old, recursive: true);
        Directory.CreateDirectory(_old);
        foreach (string name in Beside) File.Copy(Path.Combine(_lived, name), Path.Combine(_old, name));
        string file = Path.Combine(_old, Database.FileName);
        await File.WriteAllBytesAsync(file, []);
        using Connection old = Connection.Open(file, readOnly: false), lived = Connection.Open(Path.Combine(_lived, Database.FileName), readOnly: true);
        old.Execute("pragma journal_mode = wal");
        foreach (string script in Scripts.Take(version)) old.Execute(script);
        old.Execute(string.Create(CultureInfo.InvariantCulture, $"pragma user_version = {version}; pragma application_id = {lived.Ask("pragma application_id")}"));
        Dictionary<string, IReadOnlyList<string>> columns = ColumnsOf(old);
        old.Execute($"attach database '{Path.Combine(_lived, Database.FileName)}' as lived");
        foreach ((string table, IReadOnlyList<string> names) in columns)
        {
            string list = string.Join(", ", names);
            old.Execute($"delete from {table}; insert into {table} ({list}) select {list} from lived.{table}");
        }
        old.Execute("detach database lived");
        _contents = await ReadAsync(old, columns);
        old.Execute("pragma wal_checkpoint(truncate)");
    }

    public Task RenewAsync()
    {
        if (Directory.Exists(Folder)) Directory.Delete(Folder, recursive: true);
        Directory.CreateDirectory(Folder);
        foreach (string file in Directory.GetFiles(_old)) File.Copy(file, Path.Combine(Folder, Path.GetFileName(file)));
        return Task.CompletedTask;
    }

    public void Arm(string misfortune, int instant) => _control.Arm(DiskCalls.Changes, DiskFault.Killed, instant, sticky: false);

    public void Disarm() => _control.Disarm();

    public Task ExecuteAsync(string sql)
    {
        using Connection connection = Connection.Open(Path.Combine(Folder, Database.FileName), readOnly: false);
        connection.Execute(sql);
        return Task.CompletedTask;
    }

    public async Task<IReadOnlyList<string>> CompareAsync()
    {
        List<string> violations = [];
        if (IntegrityCheck.Fault(Folder, Path.GetDirectoryName(_old)!) is { } fault) violations.Add($"the database is not whole: {fault}");
        using Connection now = Connection.Open(Path.Combine(Folder, Database.FileName), readOnly: true);
        if (now.Ask("pragma user_version") != Scripts.Count.ToString(CultureInfo.InvariantCulture)) violations.Add($"the tables are at version {now.Ask("pragma user_version")}");
        if (now.Ask(Schema) != await File.ReadAllTextAsync(_schema)) violations.Add("the tables are not those of a new store");
        violations.AddRange(_contents!.MissingIn(await ReadAsync(now, _contents.Columns)));
        return violations;
    }

    public async ValueTask DisposeAsync()
    {
        await Cluster.DisposeAsync();
        _control.Dispose();
    }

    private static Dictionary<string, IReadOnlyList<string>> ColumnsOf(Connection connection) =>
        connection.Ask("select group_concat(name, char(10)) from sqlite_master where type = 'table' and name not like 'sqlite_%'").Split('\n')
            .ToDictionary(table => table, table => (IReadOnlyList<string>)connection.Ask($"select group_concat(name, char(10)) from pragma_table_info('{table}')").Split('\n'));

    private static Task<StoreContents> ReadAsync(Connection connection, IReadOnlyDictionary<string, IReadOnlyList<string>> columns) => StoreContents.ReadAsync(columns, (table, names) =>
        Task.FromResult(connection.Ask($"select coalesce(group_concat(row, char(10)), '') from (select {string.Join(" || ',' || ", names.Select(n => $"quote({n})"))} as row from {table})")));
}
