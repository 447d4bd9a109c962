using System.Globalization;
using System.Reflection;

namespace Evergrant.Sqlite;

/// <summary>Brings a file's tables to the newest version, one script after the other, each in its transaction. There is no way back.</summary>
internal static class Migrator
{
    private const int ApplicationId = 0x45564752; // "EVGR"

    private static readonly string[] Scripts = [.. Assembly.GetExecutingAssembly().GetManifestResourceNames().Where(name => name.EndsWith(".sql", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    /// <summary>The version that this program works with.</summary>
    public static int Newest => Scripts.Length;

    /// <summary>Runs the scripts that the file has not seen.</summary>
    /// <exception cref="StoreOpenException">The file belongs to another program or to a newer version of this one.</exception>
    public static void Run(Connection connection, string file)
    {
        int version = Number(connection, "pragma user_version");
        int owner = Number(connection, "pragma application_id");
        bool empty = version == 0 && owner == 0 && connection.Ask("select count(*) from sqlite_master") == "0";
        if (!empty && owner != ApplicationId)
            throw new StoreOpenException($"{file} is a database of another program.");
        if (version > Newest)
            throw new StoreOpenException($"{file} has schema version {version}; this program knows versions up to {Newest}. Run the newer program, or restore a backup made before the upgrade.");
        for (; version < Newest; version++) Apply(connection, Scripts[version], version + 1);
    }

    private static void Apply(Connection connection, string script, int version)
    {
        using StreamReader reader = new(Assembly.GetExecutingAssembly().GetManifestResourceStream(script)!);
        connection.Execute("begin immediate");
        try
        {
            connection.Execute(reader.ReadToEnd());
            connection.Execute($"pragma user_version = {version}; pragma application_id = {ApplicationId}; commit");
        }
        catch (SqliteException)
        {
            if (connection.InTransaction) connection.Execute("rollback");
            throw;
        }
    }

    private static int Number(Connection connection, string sql) => int.Parse(connection.Ask(sql), CultureInfo.InvariantCulture);
}
