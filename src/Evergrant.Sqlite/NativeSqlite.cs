using System.Reflection;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace Evergrant.Sqlite;

/// <summary>Chooses the native library once per process: the system's libsqlite3 where it is newer than the bundled one, as distributions patch it.</summary>
internal static unsafe class NativeSqlite
{
    private static readonly Lock Gate = new();
    private static string? _version;

    /// <summary>Loads SQLite; returns its version and where it came from, e.g. "3.40.1 (libsqlite3.so.0)".</summary>
    public static string Load()
    {
        lock (Gate) return _version ??= Choose();
    }

    private static string Choose()
    {
        // A host that already works with SQLite has made the choice; two libraries must never serve one process by halves.
        if (IsLoaded()) return Describe("chosen by the host");
        Assembly provider = typeof(SQLite3Provider_e_sqlite3).Assembly;
        nint system = NativeLibrary.TryLoad("libsqlite3.so.0", out nint found) ? found : 0;
        nint bundled = NativeLibrary.TryLoad("e_sqlite3", provider, null, out found) ? found : 0;
        bool takeSystem = system != 0 && Call(system, "sqlite3_threadsafe") > 0
            && (bundled == 0 || Call(system, "sqlite3_libversion_number") > Call(bundled, "sqlite3_libversion_number"));
        if (!takeSystem && system != 0) NativeLibrary.Free(system);
        if (takeSystem)
        {
            NativeLibrary.SetDllImportResolver(provider, (name, _, _) => name == "e_sqlite3" ? system : 0);
            if (bundled != 0) NativeLibrary.Free(bundled);
        }
        raw.SetProvider(new SQLite3Provider_e_sqlite3());
        return Describe(takeSystem ? "libsqlite3.so.0" : "bundled");
    }

    private static string Describe(string origin) => $"{raw.sqlite3_libversion().utf8_to_string()} ({origin})";

    private static int Call(nint library, string function) =>
        NativeLibrary.TryGetExport(library, function, out nint address) ? ((delegate* unmanaged[Cdecl]<int>)address)() : 0;

    private static bool IsLoaded()
    {
        try
        {
            return raw.sqlite3_libversion_number() > 0;
        }
        catch (Exception e) when (e is not DllNotFoundException)
        {
            return false; // "You need to call SQLitePCL.raw.SetProvider()"
        }
    }
}
