using System.Globalization;
using Evergrant.AspNetCore.Registration;
using Evergrant.Protocol;
using Evergrant.Protocol.Clients;

namespace Evergrant.Hosting.Settings;

/// <summary>Judges the settings about clients that register themselves.</summary>
internal sealed class RegistrationJudge(SettingValues values, List<string> faults)
{
    /// <summary>The settings; of no use when there are faults.</summary>
    public RegistrationOptions Judge()
    {
        IReadOnlyList<SettingValue> grants = values.List("registration.grant_types[]");
        for (int i = 0; i < grants.Count; i++)
        {
            if (!ClientMetadata.GrantTypes.Contains(grants[i].Text)) faults.Add($"registration.grant_types[{i}]: {grants[i].Text} is not a grant type of this server ({grants[i].Place})");
        }
        foreach (SettingValue scope in values.List("registration.scopes[]"))
        {
            if (!Scope.TryParse(scope.Text, out IReadOnlyList<string> one) || one.Count != 1) faults.Add($"registration.scopes: holds a value that is not one scope (RFC 6749 section 3.3) ({scope.Place})");
        }
        foreach (SettingValue resource in values.List("registration.resources[]"))
        {
            if (!Uri.IsWellFormedUriString(resource.Text, UriKind.Absolute)) faults.Add($"registration.resources: holds a value that is not an absolute URI (RFC 8707 section 2) ({resource.Place})");
        }
        List<SoftwareStatementIssuer> issuers = Issuers();
        bool required = Choice("registration.software_statement", ("optional", false), ("required", true));
        if (required && issuers.Count == 0) faults.Add("registration.software_statements: is empty, though a software statement is required");
        return new RegistrationOptions
        {
            Mode = Choice("registration.mode", ("off", RegistrationMode.Off), ("token", RegistrationMode.Token), ("open", RegistrationMode.Open)),
            Management = Choice("registration.management", ("full", RegistrationManagement.Full), ("read", RegistrationManagement.Read), ("none", RegistrationManagement.None)),
            GrantTypes = grants.Count == 0 ? new RegistrationOptions().GrantTypes : [.. grants.Select(g => g.Text)],
            Scopes = [.. values.List("registration.scopes[]").Select(v => v.Text)],
            Resources = [.. values.List("registration.resources[]").Select(v => v.Text)],
            PerAddress = Number("registration.per_address", 20),
            MaximumClients = Number("registration.clients", 10_000),
            UnusedLifetime = Span("registration.unused_lifetime", TimeSpan.FromDays(90)),
            SecretLifetime = Span("registration.secret_lifetime", null),
            SoftwareStatements = issuers,
            SoftwareStatementRequired = required,
        };
    }

    /// <summary>The profile of clients that name none; null for none.</summary>
    public string? Profile()
    {
        if (values.Find("profile") is not { } set) return null;
        if (Protocol.Clients.Profile.Find(set.Text) is null) faults.Add($"profile: {set.Text} is none of {string.Join(", ", Protocol.Clients.Profile.All.Select(p => p.Name))} ({set.Place})");
        return set.Text;
    }

    /// <summary>The settings about clients that are named by the URL of their metadata.</summary>
    public ClientDocumentOptions ClientDocuments()
    {
        IReadOnlyList<SettingValue> hosts = values.List("client_documents.hosts[]");
        for (int i = 0; i < hosts.Count; i++)
        {
            string name = hosts[i].Text.StartsWith("*.", StringComparison.Ordinal) ? hosts[i].Text[2..] : hosts[i].Text;
            if (Uri.CheckHostName(name) != UriHostNameType.Dns) faults.Add($"client_documents.hosts[{i}]: {hosts[i].Text} is neither a host nor *. and a host ({hosts[i].Place})");
        }
        return new ClientDocumentOptions
        {
            Enabled = values.Find("profile") is { Text: "mcp" } && values.Find("client_documents.mode") is null || Choice("client_documents.mode", ("off", false), ("on", true)),
            AllowedHosts = [.. hosts.Select(h => h.Text.ToLowerInvariant())],
            AllowQuery = Choice("client_documents.query", ("refused", false), ("allowed", true)),
            SameOriginRedirects = Choice("client_documents.redirect_uris", ("any", false), ("same-origin", true)),
        };
    }

    private List<SoftwareStatementIssuer> Issuers()
    {
        IReadOnlyList<SettingValue> issuers = values.List("registration.software_statements[].issuer");
        var trusted = new List<SoftwareStatementIssuer>();
        for (int i = 0; i < issuers.Count; i++)
        {
            if (values.Find($"registration.software_statements[{i}].jwks_uri") is not { } keys) faults.Add($"registration.software_statements[{i}].jwks_uri: is missing ({issuers[i].Place})");
            else if (!Uri.TryCreate(keys.Text, UriKind.Absolute, out Uri? uri) || uri.Scheme != "https") faults.Add($"registration.software_statements[{i}].jwks_uri: {keys.Text} is not an https URL ({keys.Place})");
            else trusted.Add(new SoftwareStatementIssuer(issuers[i].Text, keys.Text));
        }
        return trusted;
    }

    private T Choice<T>(string path, params (string Name, T Value)[] choices)
    {
        if (values.Find(path) is not { } set) return choices[0].Value;
        foreach ((string name, T value) in choices)
        {
            if (name == set.Text) return value;
        }
        faults.Add($"{path}: {set.Text} is none of {string.Join(", ", choices.Select(c => c.Name))} ({set.Place})");
        return choices[0].Value;
    }

    private int Number(string path, int start)
    {
        if (values.Find(path) is not { } set) return start;
        if (int.TryParse(set.Text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number is >= 1 and <= 1_000_000) return number;
        faults.Add($"{path}: {set.Text} is not a whole number from 1 to 1000000 ({set.Place})");
        return start;
    }

    private TimeSpan? Span(string path, TimeSpan? start)
    {
        if (values.Find(path) is not { } set) return start;
        if (set.Text == "none") return null;
        if (ServerSettings.Duration(set.Text) is { } span && span >= TimeSpan.FromHours(1) && span <= TimeSpan.FromDays(3660)) return span;
        faults.Add($"{path}: {set.Text} is neither a duration d.hh:mm:ss from 01:00:00 to 3660.00:00:00 nor none ({set.Place})");
        return start;
    }
}
