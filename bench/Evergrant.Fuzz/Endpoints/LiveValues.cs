using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace Evergrant.Fuzz.Endpoints;

/// <summary>What the server gave lately and takes again: tokens, codes, tickets, cookies. A request with one of them gets further than one without.</summary>
internal sealed partial class LiveValues
{
    private const int Kept = 64;
    private readonly ConcurrentDictionary<string, string[]> _values = new(StringComparer.Ordinal);

    /// <summary>One of the values of a kind; null while there is none.</summary>
    public string? Any(string kind, Random random) => _values.TryGetValue(kind, out string[]? values) ? values[random.Next(values.Length)] : null;

    /// <summary>Keeps a value, and forgets the oldest of its kind when there are many.</summary>
    public void Keep(string kind, string value) => _values.AddOrUpdate(kind, _ => [value], (_, had) => had.Contains(value, StringComparer.Ordinal) ? had : [.. had.Length < Kept ? had : had[1..], value]);

    /// <summary>Takes what an answer holds: members of JSON, hidden fields of forms, parameters of a redirect.</summary>
    public void Learn(string text)
    {
        foreach (Match match in Members().Matches(text)) Keep(match.Groups[1].Value, match.Groups[2].Value);
        foreach (Match match in Fields().Matches(text)) Keep(match.Groups[1].Value, match.Groups[2].Value);
        foreach (Match match in Query().Matches(text)) Keep(match.Groups[1].Value, Uri.UnescapeDataString(match.Groups[2].Value));
    }

    /// <summary>The newest of the values of a kind; null while there is none.</summary>
    public string? Newest(string kind) => _values.TryGetValue(kind, out string[]? values) ? values[^1] : null;

    /// <summary>Names and values of the hidden fields of a page.</summary>
    public static IEnumerable<(string Name, string Value)> HiddenIn(string page) =>
        Hidden().Matches(page).Select(m => (m.Groups[1].Value, System.Net.WebUtility.HtmlDecode(m.Groups[2].Value)));

    [GeneratedRegex("<input[^>]*type=\"hidden\"[^>]*name=\"([^\"]+)\"[^>]*value=\"([^\"]*)\"")]
    private static partial Regex Hidden();

    [GeneratedRegex("\"(access_token|refresh_token|id_token|device_code|user_code|request_uri|auth_req_id|registration_access_token|client_id|client_secret)\":\"([^\"]{1,2000})\"")]
    private static partial Regex Members();

    [GeneratedRegex("name=\"([a-z_]{2,40})\"[^>]*value=\"([^\"]{4,4000})\"")]
    private static partial Regex Fields();

    [GeneratedRegex("[?&#](code|ticket|state|id_token|access_token|user_code|reference)=([^&\"<]{1,2000})")]
    private static partial Regex Query();
}
