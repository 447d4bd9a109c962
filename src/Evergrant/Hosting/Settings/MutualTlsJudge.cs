using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Evergrant.Hosting.Settings;

/// <summary>The settings of mutual TLS, judged.</summary>
/// <param name="Urls">Where to listen for clients that show certificates; empty where a proxy does.</param>
/// <param name="Aliases">What clients are told to call; null for the issuers' own addresses.</param>
/// <param name="Authorities">Who issues certificates of tls_client_auth clients.</param>
/// <param name="Header">The header of trusted proxies; null for none.</param>
internal sealed record MutualTlsSettings(IReadOnlyList<string> Urls, string? Aliases, X509Certificate2Collection Authorities, string? Header);

/// <summary>Judges the settings of mutual TLS.</summary>
internal sealed class MutualTlsJudge(SettingValues values, List<string> faults, string folder)
{
    // What decides about a request by another rule must not also carry a certificate.
    private static readonly string[] NotForIt = ["authorization", "cookie", "host", "dpop", "origin", "content-type", "content-length", "x-forwarded-for", "x-forwarded-proto"];

    /// <summary>The settings; null where none is set.</summary>
    /// <param name="hasCertificate">Whether the server has a certificate of its own.</param>
    /// <param name="hasProxies">Whether there are trusted proxies.</param>
    public MutualTlsSettings? Judge(bool hasCertificate, bool hasProxies)
    {
        string[] urls = Urls(hasCertificate);
        string? header = Header(hasProxies);
        string? aliases = Aliases();
        X509Certificate2Collection authorities = Authorities();
        if (urls.Length == 0 && header is null)
        {
            foreach (string needless in (string[])["mutual_tls.aliases", "mutual_tls.authorities"])
            {
                if (values.Find(needless) is { } set) faults.Add($"{needless}: is set, though no certificate can come: neither mutual_tls.urls nor mutual_tls.header is set ({set.Place})");
            }
            return null;
        }
        return new MutualTlsSettings(urls, aliases, authorities, header);
    }

    private string[] Urls(bool hasCertificate)
    {
        IReadOnlyList<SettingValue> urls = values.List("mutual_tls.urls[]");
        for (int i = 0; i < urls.Count; i++)
        {
            string text = urls[i].Text.Replace("://*", "://any.invalid", StringComparison.Ordinal).Replace("://+", "://any.invalid", StringComparison.Ordinal);
            if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) || uri.Scheme != "https" || uri.PathAndQuery != "/" || uri.Fragment.Length > 0) faults.Add($"mutual_tls.urls[{i}]: {urls[i].Text} is not an https URL of host and port ({urls[i].Place})");
            else if (values.List("urls[]").Any(u => u.Text.TrimEnd('/') == urls[i].Text.TrimEnd('/'))) faults.Add($"mutual_tls.urls[{i}]: {urls[i].Text} is in urls as well; certificates are asked for on a port of their own ({urls[i].Place})");
        }
        if (urls.Count > 0 && !hasCertificate) faults.Add("certificate.path: is missing, though mutual_tls.urls has https addresses");
        return [.. urls.Select(u => u.Text.TrimEnd('/'))];
    }

    private string? Aliases()
    {
        if (values.Find("mutual_tls.aliases") is not { } aliases) return null;
        string text = aliases.Text.TrimEnd('/');
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) || uri.Scheme != "https" || text != uri.GetLeftPart(UriPartial.Authority)) faults.Add($"mutual_tls.aliases: {aliases.Text} is not an https URL of host and port ({aliases.Place})");
        return text;
    }

    private string? Header(bool hasProxies)
    {
        if (values.Find("mutual_tls.header") is not { } header) return null;
        bool isName = header.Text.Length > 0 && header.Text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
        if (!isName || NotForIt.Contains(header.Text, StringComparer.OrdinalIgnoreCase)) faults.Add($"mutual_tls.header: {header.Text} is not the name of a header for certificates ({header.Place})");
        if (!hasProxies) faults.Add($"mutual_tls.header: is set, but trusted_proxies is empty, so nobody may send it ({header.Place})");
        return header.Text;
    }

    private X509Certificate2Collection Authorities()
    {
        var authorities = new X509Certificate2Collection();
        if (values.Find("mutual_tls.authorities") is not { } file) return authorities;
        string path = Path.GetFullPath(file.Text, folder);
        try
        {
            authorities.ImportFromPem(File.ReadAllText(path));
            if (authorities.Count == 0) faults.Add($"mutual_tls.authorities: {path} has no certificate in PEM ({file.Place})");
            else if (!authorities.Any(a => a.SubjectName.RawData.AsSpan().SequenceEqual(a.IssuerName.RawData))) faults.Add($"mutual_tls.authorities: {path} has no root certificate, at which chains end ({file.Place})");
            foreach (X509Certificate2 other in authorities.Where(a => a.Extensions.OfType<X509BasicConstraintsExtension>().FirstOrDefault() is not { CertificateAuthority: true }))
            {
                faults.Add($"mutual_tls.authorities: {other.Subject} is not the certificate of an authority ({file.Place})");
            }
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            faults.Add($"mutual_tls.authorities: {path} {(e is FileNotFoundException or DirectoryNotFoundException ? "is not there" : e is CryptographicException ? "is not PEM" : "cannot be read")} ({file.Place})");
        }
        return authorities;
    }
}
