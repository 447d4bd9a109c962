using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using Evergrant.Hosting;
using Evergrant.Hosting.Settings;

namespace Evergrant.Cli;

/// <summary>What the doctor looks for in settings and files.</summary>
internal static class FileExamination
{
    private static readonly TimeSpan Soon = TimeSpan.FromDays(14);

    /// <summary>Looks.</summary>
    public static IEnumerable<Finding> Of(ServerSettings settings, DateTimeOffset now)
    {
        const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute | UnixFileMode.GroupWrite;
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(settings.Folder) & Others) != 0)
        {
            yield return new(Severity.Fault, "files", $"others may enter {settings.Folder}; chmod 700 it");
        }
        if (RootKeys.FaultOf(settings.Folder) is { } root) yield return new(Severity.Fault, "files", root);
        foreach (string file in Directory.EnumerateFiles(settings.Folder, "*.db*").Append(Path.Combine(settings.Folder, DevelopmentFile.FileName)).Where(File.Exists))
        {
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & (Others | UnixFileMode.GroupRead)) != 0) yield return new(Severity.Fault, "files", $"others may read {file}; chmod 600 it");
        }
        if (CommandSocket.EndPointOf(settings.Folder) is null) yield return new(Severity.Warning, "files", $"the path of {settings.Folder} is too long for a socket; commands cannot reach the server while it runs");
        if (settings.Development) yield break;
        if (settings.CertificatePath is { } path)
        {
            foreach (Finding finding in Certificate(path, settings, now)) yield return finding;
        }
        foreach (X509Certificate2 authority in settings.MutualTls?.Authorities ?? [])
        {
            DateTimeOffset end = authority.NotAfter.ToUniversalTime();
            string until = end.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            if (end <= now) yield return new(Severity.Fault, "settings", $"mutual_tls.authorities: {authority.Subject} ended on {until}");
            else if (end - now < Soon) yield return new(Severity.Warning, "settings", $"mutual_tls.authorities: {authority.Subject} ends on {until}");
        }
        foreach (System.Net.IPNetwork proxy in settings.TrustedProxies.Where(p => p.PrefixLength < 8))
        {
            yield return new(Severity.Fault, "settings", string.Create(CultureInfo.InvariantCulture, $"trusted_proxies: {proxy} is nearly everybody; whoever is in it chooses the address that they are seen with"));
        }
        if (settings.Apply is { } apply && !OperatingSystem.IsWindows() && (File.GetUnixFileMode(apply) & Others) != 0) yield return new(Severity.Warning, "settings", $"apply: others may read or write {apply}, which decides about clients and may hold passwords");
    }

    private static IEnumerable<Finding> Certificate(string path, ServerSettings settings, DateTimeOffset now)
    {
        using X509Certificate2 certificate = X509Certificate2.CreateFromPem(File.ReadAllText(path));
        DateTimeOffset end = certificate.NotAfter.ToUniversalTime();
        string until = end.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        if (end <= now) yield return new(Severity.Fault, "settings", $"certificate.path: the certificate ended on {until}");
        else if (end - now < Soon) yield return new(Severity.Warning, "settings", $"certificate.path: the certificate ends on {until}");
        foreach (string host in settings.Issuers.Select(i => new Uri(i).IdnHost).Distinct().Where(h => !certificate.MatchesHostname(h)))
        {
            yield return new(Severity.Fault, "settings", $"certificate.path: the certificate is not for {host}, which an issuer names");
        }
    }
}
