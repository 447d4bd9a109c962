using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Evergrant.AspNetCore.Outbound;
using Evergrant.Protocol.Authorize;

namespace Evergrant.Hosting.Settings;

/// <summary>Judges what was written down: each value for itself, and what contradicts what. Collects every fault with its place.</summary>
internal sealed class SettingsJudge(SettingValues values, List<string> faults, string folder)
{
    // Paths that are the server's own whatever the issuers are.
    private static readonly string[] OwnPaths = ["/.well-known", "/admin", "/health", "/dev", "/playground"];

    /// <summary>The settings; of no use when there are faults.</summary>
    public ServerSettings Judge()
    {
        string data = Folder();
        IReadOnlyList<string> issuers = Issuers();
        IReadOnlyList<string> urls = Urls(out bool https);
        SettingValue? certificate = values.Find("certificate.path");
        SettingValue? key = values.Find("certificate.key_path");
        Certificate(certificate, key, https);
        List<IPNetwork> proxies = Proxies();
        if (urls.Any(u => u.StartsWith("http:", StringComparison.Ordinal)) && proxies.Count == 0)
        {
            faults.Add("trusted_proxies: is empty, though a URL is http: name the proxy at which TLS ends, or listen on https");
        }
        return new ServerSettings
        {
            Folder = data, Postgres = new DatabaseJudge(values, faults, folder).Judge(), Issuers = issuers, Names = Texts(issuers, "name"), Policy = PolicyName("policy"), Policies = Policies(issuers),
            Demands = new AuthorizeDemands(IsRequired("pushed_requests"), IsRequired("signed_requests")) { RefusesCreate = !IsOn("self_registration"), GrantActions = IsRequired("grant_management_actions") },
            Urls = urls, TrustedProxies = proxies, MutualTls = new MutualTlsJudge(values, faults, folder).Judge(certificate is not null, proxies.Count > 0), RequireDpopNonce = IsRequired("dpop_nonces"), SessionManagement = IsOn("session_management"),
            CertificatePath = certificate is null ? null : Full(certificate), CertificateKeyPath = key is null ? null : Full(key),
            Apply = values.Find("apply") is { } apply ? Readable("apply", apply) : null,
            Outbound = Outbound(), Profile = new RegistrationJudge(values, faults).Profile(), Registration = new RegistrationJudge(values, faults).Judge(), ClientDocuments = new RegistrationJudge(values, faults).ClientDocuments(), LogLevel = Level(), KeepEvents = Kept("keep_events", 30), KeepAudit = Kept("keep_audit", 400),
        };
    }

    private string Folder()
    {
        if (values.Find("data") is { Text.Length: > 0 } data) return Full(data);
        faults.Add("data: is missing; it names the data folder");
        return folder;
    }

    private List<string> Issuers()
    {
        IReadOnlyList<SettingValue> issuers = values.List("issuers[].issuer");
        if (issuers.Count == 0 && !faults.Any(f => f.StartsWith("issuers", StringComparison.Ordinal))) faults.Add("issuers: is empty; a server has at least one issuer");
        var paths = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < issuers.Count; i++)
        {
            string? fault = IssuerFault(issuers[i].Text);
            if (fault is null && !paths.TryAdd(ServerSettings.PathOf(issuers[i].Text), i)) fault = $"has the same path as issuers[{paths[ServerSettings.PathOf(issuers[i].Text)]}]; only the path tells issuers apart";
            if (fault is not null) faults.Add($"issuers[{i}].issuer: {issuers[i].Text} {fault} ({issuers[i].Place})");
        }
        return [.. issuers.Select(i => i.Text)];
    }

    private Dictionary<string, string> Policies(IReadOnlyList<string> issuers)
    {
        for (int i = 0; i < issuers.Count; i++) PolicyName($"issuers[{i}].policy");
        return Texts(issuers, "policy");
    }

    // Whether it is declared shows when the store is open.
    private string? PolicyName(string path)
    {
        if (values.Find(path) is not { } name) return null;
        if (name.Text.Length == 0 || !name.Text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')) faults.Add($"{path}: {name.Text} is not the name of a policy ({name.Place})");
        return name.Text;
    }

    private Dictionary<string, string> Texts(IReadOnlyList<string> issuers, string member)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        for (int i = 0; i < issuers.Count; i++)
        {
            if (values.Find($"issuers[{i}].{member}") is { } name) names[issuers[i]] = name.Text;
        }
        return names;
    }

    /// <summary>What is wrong with an issuer (RFC 8414 section 2: https, no query, no fragment); null when nothing is.</summary>
    public static string? IssuerFault(string issuer)
    {
        if (!Uri.TryCreate(issuer, UriKind.Absolute, out Uri? uri) || uri.Host.Length == 0) return "is not a URL";
        if (uri.Scheme != "https") return "is not https; only development mode (evergrant start) serves http";
        if (issuer.Contains('?') || issuer.Contains('#')) return "has a query or a fragment (RFC 8414 section 2)";
        if (uri.UserInfo.Length > 0) return "has user information";
        string rest = issuer["https://".Length..];
        string authority = rest.IndexOf('/') is >= 0 and int slash ? rest[..slash] : rest;
        if (!issuer.StartsWith("https://", StringComparison.Ordinal) || authority != uri.Authority) return $"is not in its plain form, https://{uri.Authority}…";
        string path = ServerSettings.PathOf(issuer);
        if (path.Any(c => !(char.IsAsciiLetterOrDigit(c) || c is '/' or '-' or '_' or '.' or '~')) || path.Contains("//", StringComparison.Ordinal) || path.Split('/').Any(s => s is "." or "..")) return "has a path with other characters than A-Z, a-z, 0-9, '-', '_', '.', '~' between single slashes";
        return OwnPaths.FirstOrDefault(own => path == own || path.StartsWith(own + "/", StringComparison.Ordinal)) is { } taken ? $"has a path below {taken}, which is the server's own" : null;
    }

    private string[] Urls(out bool https)
    {
        IReadOnlyList<SettingValue> urls = values.List("urls[]");
        if (urls.Count == 0 && values.HasList("urls")) faults.Add("urls: is empty; leave it out to listen on https://localhost:5001");
        for (int i = 0; i < urls.Count; i++)
        {
            string text = urls[i].Text.Replace("://*", "://any.invalid", StringComparison.Ordinal).Replace("://+", "://any.invalid", StringComparison.Ordinal);
            if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("http" or "https") || uri.PathAndQuery != "/" || uri.Fragment.Length > 0) faults.Add($"urls[{i}]: {urls[i].Text} is not a URL of scheme, host and port ({urls[i].Place})");
        }
        string[] list = urls.Count == 0 ? ["https://localhost:5001"] : [.. urls.Select(u => u.Text.TrimEnd('/'))];
        https = list.Any(u => u.StartsWith("https:", StringComparison.Ordinal));
        return list;
    }

    private void Certificate(SettingValue? path, SettingValue? key, bool https)
    {
        if (https && path is null) faults.Add("certificate.path: is missing, though the server is to listen on https");
        if (!https && path is not null && !values.HasList("mutual_tls.urls")) faults.Add($"certificate.path: is set, though no URL is https ({path.Place})");
        if (path is null && key is not null) faults.Add($"certificate.key_path: is set without certificate.path ({key.Place})");
        if (path is null || Readable("certificate.path", path) is null || (key is not null && Readable("certificate.key_path", key) is null)) return;
        string keyFile = Full(key ?? path);
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(keyFile) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.GroupWrite)) != 0)
        {
            faults.Add($"certificate.key_path: others may read or write {keyFile}; chmod 600 it ({(key ?? path).Place})");
        }
        try
        {
            using var certificate = X509Certificate2.CreateFromPemFile(Full(path), keyFile);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            faults.Add($"certificate.path: is not a PEM certificate with its key ({path.Place})");
        }
    }

    private List<IPNetwork> Proxies()
    {
        var proxies = new List<IPNetwork>();
        IReadOnlyList<SettingValue> list = values.List("trusted_proxies[]");
        for (int i = 0; i < list.Count; i++)
        {
            if (IPNetwork.TryParse(list[i].Text, out IPNetwork network)) proxies.Add(network);
            else if (IPAddress.TryParse(list[i].Text, out IPAddress? address)) proxies.Add(new IPNetwork(address, address.GetAddressBytes().Length * 8));
            else faults.Add($"trusted_proxies[{i}]: {list[i].Text} is neither an address nor a network ({list[i].Place})");
        }
        return proxies;
    }

    private OutboundOptions Outbound()
    {
        IReadOnlyList<SettingValue> hosts = values.List("outbound.allowed_hosts[]");
        for (int i = 0; i < hosts.Count; i++)
        {
            if (!Uri.TryCreate("https://" + hosts[i].Text, UriKind.Absolute, out Uri? uri) || uri.PathAndQuery != "/" || uri.UserInfo.Length > 0 || hosts[i].Text.Contains('/')) faults.Add($"outbound.allowed_hosts[{i}]: {hosts[i].Text} is neither a host nor host:port ({hosts[i].Place})");
        }
        TimeSpan timeout = TimeSpan.FromSeconds(5);
        if (values.Find("outbound.timeout") is { } set)
        {
            if (ServerSettings.Duration(set.Text) is { } span && span >= TimeSpan.FromSeconds(1) && span <= TimeSpan.FromSeconds(30)) timeout = span;
            else faults.Add($"outbound.timeout: {set.Text} is not a duration d.hh:mm:ss from 00:00:01 to 00:00:30 ({set.Place})");
        }
        return new OutboundOptions { AllowedHosts = [.. hosts.Select(h => h.Text.ToLowerInvariant())], Timeout = timeout };
    }

    private bool IsOn(string path)
    {
        if (values.Find(path) is not { } value || value.Text == "off") return false;
        if (value.Text != "on") faults.Add($"{path}: {value.Text} is neither on nor off ({value.Place})");
        return true;
    }

    private bool IsRequired(string path)
    {
        if (values.Find(path) is not { } value || value.Text == "optional") return false;
        if (value.Text != "required") faults.Add($"{path}: {value.Text} is neither optional nor required ({value.Place})");
        return true;
    }

    private LogLevel Level()
    {
        if (values.Find("log_level") is not { } level) return LogLevel.Information;
        if (Enum.TryParse(level.Text, ignoreCase: true, out LogLevel parsed) && parsed is >= LogLevel.Trace and <= LogLevel.Error && !level.Text.Any(char.IsAsciiDigit)) return parsed;
        faults.Add($"log_level: {level.Text} is none of trace, debug, information, warning, error ({level.Place})");
        return LogLevel.Information;
    }

    private TimeSpan Kept(string name, int days)
    {
        if (values.Find(name) is not { } keep) return TimeSpan.FromDays(days);
        if (ServerSettings.Duration(keep.Text) is { } span && span >= TimeSpan.FromHours(1) && span <= TimeSpan.FromDays(3660)) return span;
        faults.Add($"{name}: {keep.Text} is not a duration d.hh:mm:ss from 01:00:00 to 3660.00:00:00 ({keep.Place})");
        return TimeSpan.FromDays(days);
    }

    private string Full(SettingValue value) => Path.GetFullPath(value.Text, folder);

    private string? Readable(string name, SettingValue value)
    {
        try
        {
            using FileStream file = File.OpenRead(Full(value));
            return Full(value);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            faults.Add($"{name}: {Full(value)} {(e is FileNotFoundException or DirectoryNotFoundException ? "is not there" : "cannot be read")} ({value.Place})");
            return null;
        }
    }
}
