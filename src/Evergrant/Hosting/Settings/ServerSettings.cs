using System.Collections;
using System.Globalization;
using System.Net;
using Evergrant.AspNetCore.Outbound;
using Evergrant.AspNetCore.Registration;
using Evergrant.Postgres;
using Evergrant.Protocol;
using Evergrant.Protocol.Authorize;

namespace Evergrant.Hosting.Settings;

/// <summary>The settings of a server, judged: what is here can be used.</summary>
internal sealed record ServerSettings
{
    /// <summary>Whether this is development mode: http on loopback, demo state, a clock that can be moved.</summary>
    public bool Development { get; init; }

    /// <summary>Full path of the data folder.</summary>
    public required string Folder { get; init; }

    /// <summary>The database; null for the embedded store in the data folder.</summary>
    public PostgresOptions? Postgres { get; init; }

    /// <summary>Issuer identifiers, byte for byte; at least one.</summary>
    public required IReadOnlyList<string> Issuers { get; init; }

    /// <summary>Names of issuers for people, where one is set.</summary>
    public IReadOnlyDictionary<string, string> Names { get; init; } = new Dictionary<string, string>();

    /// <summary>Name of the token policy of all clients; null for the built-in ones.</summary>
    public string? Policy { get; init; }

    /// <summary>Names of the token policies of issuers, where one is set.</summary>
    public IReadOnlyDictionary<string, string> Policies { get; init; } = new Dictionary<string, string>();

    /// <summary>What is demanded of every authorization request.</summary>
    public AuthorizeDemands Demands { get; init; } = AuthorizeDemands.None;

    /// <summary>Where to listen.</summary>
    public required IReadOnlyList<string> Urls { get; init; }

    /// <summary>Full path of the certificate; null when no URL is https.</summary>
    public string? CertificatePath { get; init; }

    /// <summary>Full path of its key; null when it is in the same file.</summary>
    public string? CertificateKeyPath { get; init; }

    /// <summary>Whose forwarded headers are believed.</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>What may be fetched from others.</summary>
    public OutboundOptions Outbound { get; init; } = new();

    /// <summary>Name of the profile of clients that name none; null for none.</summary>
    public string? Profile { get; init; }

    /// <summary>Whether and how clients register themselves.</summary>
    public RegistrationOptions Registration { get; init; } = new();

    /// <summary>Whether and which clients may be named by the URL of their metadata.</summary>
    public ClientDocumentOptions ClientDocuments { get; init; } = new();

    /// <summary>Mutual TLS; null for none.</summary>
    public MutualTlsSettings? MutualTls { get; init; }

    /// <summary>Whether session_state and its iframe are offered.</summary>
    public bool SessionManagement { get; init; }

    /// <summary>Whether every DPoP proof needs a nonce.</summary>
    public bool RequireDpopNonce { get; init; }

    /// <summary>Full path of the state to apply at start; null for none.</summary>
    public string? Apply { get; init; }

    /// <summary>From which level on log lines are written.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    /// <summary>How long events and ended grants are kept.</summary>
    public TimeSpan KeepEvents { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How long it is kept what administrators changed.</summary>
    public TimeSpan KeepAudit { get; init; } = TimeSpan.FromDays(400);

    /// <summary>The path of an issuer as the prefix of its routes: empty, or with a slash in front.</summary>
    /// <param name="issuer">An issuer identifier.</param>
    public static string PathOf(string issuer)
    {
        int path = issuer.IndexOf('/', issuer.IndexOf("://", StringComparison.Ordinal) + 3);
        return path < 0 ? "" : issuer[path..].TrimEnd('/');
    }

    /// <summary>Reads and judges the settings of a production server.</summary>
    /// <param name="file">The settings file; null for environment variables alone.</param>
    /// <param name="environment">Environment variables.</param>
    /// <param name="withRootKey">Whether a root key that is missing or open to others is a fault too.</param>
    /// <returns>The settings; or all faults, each with its place.</returns>
    public static Parsed<ServerSettings> Read(string? file, IDictionary environment, bool withRootKey = false)
    {
        var faults = new List<string>();
        var values = new SettingValues(faults);
        string folder = Directory.GetCurrentDirectory();
        if (file is not null)
        {
            folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
            try
            {
                values.ReadFile(Path.GetFileName(file), File.ReadAllBytes(file));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return new([$"{file}: cannot be read ({e.Message.TrimEnd('.')})"]);
            }
        }
        values.ReadEnvironment(environment);
        ServerSettings settings = new SettingsJudge(values, faults, folder).Judge();
        if (withRootKey && values.Find("data") is not null && RootKeys.FaultOf(settings.Folder) is { } fault) faults.Add(fault);
        return faults.Count > 0 ? new(faults) : new(settings);
    }

    /// <summary>The settings of development mode.</summary>
    /// <param name="folder">Data folder.</param>
    /// <param name="urls">Where to listen, separated by semicolons; the first is the issuer.</param>
    /// <param name="postgres">Connection string of a database; null for a file in the folder.</param>
    /// <param name="issuer">The issuer, where it is not the first URL: of several servers on one database behind a proxy of this machine. Null for the first URL.</param>
    public static Parsed<ServerSettings> ForDevelopment(string folder, string urls, string? postgres = null, string? issuer = null)
    {
        string[] list = urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var faults = new List<string>();
        if (list.Length == 0) faults.Add("--urls: names no URL");
        foreach (string url in list)
        {
            if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? parsed) || parsed.PathAndQuery != "/" || parsed.Fragment.Length > 0) faults.Add($"--urls: {url} is not a URL of scheme, host and port, like http://localhost:5000");
            else if (parsed.Scheme != "http" || !parsed.IsLoopback) faults.Add($"--urls: {url}: development mode serves http on this machine only, like http://localhost:5000; use serve for others");
            else if (parsed.Port == 0) faults.Add($"--urls: {url}: the port is part of the issuer, so it has to be named");
        }
        PostgresOptions? database = postgres is null ? null : new(postgres);
        if (database?.Fault() is { } wrong) faults.Add($"--postgres: the connection string {wrong}");
        if (issuer is not null && (!Uri.TryCreate(issuer, UriKind.Absolute, out Uri? named) || named is not { Scheme: "http", IsLoopback: true, PathAndQuery: "/" } || issuer.EndsWith('/')))
        {
            faults.Add($"--issuer: {issuer} is not an http URL of this machine, like http://localhost:5000");
        }
        if (faults.Count > 0) return new(faults);
        string[] trimmed = [.. list.Select(u => u.TrimEnd('/'))];
        return new(new ServerSettings { Development = true, Folder = Path.GetFullPath(folder), Postgres = database, Issuers = [issuer ?? trimmed[0]], Urls = trimmed, Registration = OfDevelopment, SessionManagement = true, ClientDocuments = new ClientDocumentOptions { Enabled = true } });
    }

    // On one's own machine anybody may register, for everything there is.
    private static RegistrationOptions OfDevelopment { get; } = new() { Mode = RegistrationMode.Open, Scopes = ["*"], Resources = ["*"], PerAddress = 1_000, GrantTypes = ["authorization_code", "refresh_token", Protocol.Token.DeviceCodeGrant.Name] };

    /// <summary>The value of a duration setting.</summary>
    internal static TimeSpan? Duration(string text) =>
        TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out TimeSpan span) ? span : null;
}
