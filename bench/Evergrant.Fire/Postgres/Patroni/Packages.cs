using System.Diagnostics;

namespace Evergrant.Fire.Postgres.Patroni;

/// <summary>Patroni and etcd from Debian's packages: installed when they are missing and this is root, without starting or leaving on any service of theirs.</summary>
internal static class Packages
{
    public const string Patroni = "/usr/bin/patroni", Etcd = "/usr/bin/etcd";

    // A policy that forbids the start of services stands only while the packages are installed; one that was there stays.
    private const string Install = """
        export DEBIAN_FRONTEND=noninteractive
        policy=/usr/sbin/policy-rc.d
        if [ ! -e "$policy" ]; then
            printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod 0755 "$policy" || exit 1
            trap 'rm -f "$policy"' EXIT
        fi
        apt-get -q -y -o DPkg::Lock::Timeout=120 update && apt-get -q -y -o DPkg::Lock::Timeout=120 install --no-install-recommends patroni etcd-server || exit 1
        if [ -d /run/systemd/system ]; then systemctl disable --now etcd patroni; fi
        true
        """;

    private static bool AreThere => File.Exists(Patroni) && File.Exists(Etcd);

    /// <exception cref="InvalidOperationException">They are missing and cannot be installed; the message says what to do.</exception>
    public static async Task DemandAsync(Action<string> say)
    {
        if (AreThere) return;
        if (!Environment.IsPrivilegedProcess || !File.Exists("/usr/bin/apt-get"))
            throw new InvalidOperationException("This drill needs Patroni and etcd. Install Debian's packages patroni and etcd-server first (or run the drill as root, which installs them), and leave their services stopped.");
        say("installing Debian's packages patroni and etcd-server");
        using Process process = Process.Start(new ProcessStartInfo("bash", ["-c", Install]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        string said = await output + await error;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0 || !AreThere) throw new InvalidOperationException($"Patroni and etcd could not be installed: {said.Trim()}");
    }
}
