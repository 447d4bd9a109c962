namespace Evergrant.Load.Measure;

/// <summary>Sorts a sampled stack (leaf first, as perf script prints it) into the part of the house, the platform or the kernel that it was in.</summary>
internal static class PerfArea
{
    private static readonly string[] FileCalls = ["fdatasync", "fsync", "pwrite", "sys_write", "pread", "ftruncate", "fcntl", "sys_lseek", "ext4_", "jbd2_"];
    private static readonly string[] NetworkCalls = ["sendmsg", "sendto", "recvmsg", "recvfrom", "epoll", "tcp_", "sock_", "net_rx", "accept"];

    /// <summary>Assemblies whose frames own the frames of the libraries they call.</summary>
    private static readonly (string Assembly, string Area)[] Owners =
    [
        ("Evergrant.Jose", "Evergrant.Jose (JWT, without the signature)"),
        ("Evergrant.Protocol", "Evergrant.Protocol (decide)"),
        ("Evergrant.Sqlite", "Evergrant.Sqlite (commit, without SQLite)"),
        ("Evergrant.AspNetCore", "Evergrant.AspNetCore (parse, answer)"),
        ("evergrant", "Evergrant (the program)"),
        ("evergrant-load", "the bare endpoint"),
        ("Microsoft.AspNetCore.", "Kestrel and ASP.NET Core"),
        ("Microsoft.Extensions.", "Kestrel and ASP.NET Core"),
    ];

    public static string Of(List<string> stack)
    {
        var leaf = stack[0];
        if (leaf.EndsWith("([kernel.kallsyms])", StringComparison.Ordinal) || leaf.EndsWith("([unknown])", StringComparison.Ordinal) && stack.Count == 1)
        {
            return Calls(stack, FileCalls) ? "kernel: write and flush the database"
                : Calls(stack, NetworkCalls) ? "kernel: network"
                : Calls(stack, ["futex", "schedule", "switch"]) ? "kernel: threads wait and wake"
                : "kernel: other";
        }

        if (leaf.Contains("/libcrypto", StringComparison.Ordinal)) return "OpenSSL: signature, HMAC, hash";
        if (leaf.Contains("sqlite3", StringComparison.Ordinal)) return "SQLite";
        if (leaf.Contains("/libcoreclr", StringComparison.Ordinal) || leaf.Contains("/libclr", StringComparison.Ordinal)) return ".NET runtime: collector, compiler, threads";
        foreach (var frame in stack)
        {
            foreach (var (assembly, area) in Owners)
            {
                if (IsOf(frame, assembly)) return area;
            }
        }

        return ".NET libraries: sockets, thread pool, others";
    }

    /// <summary>Compiled while running the frame reads "void [Assembly] Type::Method", precompiled "(/path/Assembly.dll)"; a name that ends in a dot is a prefix.</summary>
    private static bool IsOf(string frame, string assembly) => assembly.EndsWith('.')
        ? frame.Contains("[" + assembly, StringComparison.Ordinal) || frame.Contains("/" + assembly, StringComparison.Ordinal)
        : frame.Contains("[" + assembly + "]", StringComparison.Ordinal) || frame.Contains("/" + assembly + ".dll", StringComparison.Ordinal);

    private static bool Calls(List<string> stack, string[] names) =>
        stack.Any(frame => frame.EndsWith("([kernel.kallsyms])", StringComparison.Ordinal) && names.Any(name => frame.Contains(name, StringComparison.Ordinal)));
}
