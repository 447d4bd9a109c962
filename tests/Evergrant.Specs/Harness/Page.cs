using System.Net;
using System.Text.RegularExpressions;
using Xunit;

namespace Evergrant.Specs.Harness;

/// <summary>What a browser sees after a request.</summary>
public enum PageKind
{
    /// <summary>None of the others.</summary>
    Other,

    /// <summary>A form with a password.</summary>
    SignIn,

    /// <summary>A form with a decision.</summary>
    Consent,

    /// <summary>An HTML page with an error status.</summary>
    Error,

    /// <summary>A redirect.</summary>
    Redirect,

    /// <summary>A form that carries an authorization response to the client.</summary>
    FormPost,
}

/// <summary>An answer to a browser. Its text form shows no token and no code.</summary>
public sealed partial class Page
{
    private readonly Reply reply;

    private Page(string address, Reply reply)
    {
        this.reply = reply;
        Address = address;
        Forms = [.. FormPattern().Matches(reply.Body).Select(form => new PageForm(form))];
        Location = reply.Header("Location");
        Parameters = Location is null ? Posted() : Split(Location);
        Kind = Judge();
    }

    /// <summary>The URL that was asked.</summary>
    public string Address { get; }

    /// <summary>The HTTP status.</summary>
    public int Status => reply.Status;

    /// <summary>The body.</summary>
    public string Html => reply.Body;

    /// <summary>The body's text without markup, entities resolved.</summary>
    public string Text => WebUtility.HtmlDecode(TagPattern().Replace(Html, " "));

    /// <summary>What it is.</summary>
    public PageKind Kind { get; }

    /// <summary>The <c>Location</c> header, or null.</summary>
    public string? Location { get; }

    /// <summary>The forms of the page.</summary>
    public IReadOnlyList<PageForm> Forms { get; }

    /// <summary>The parameters of the authorization response, from the query, the fragment or the posted form.</summary>
    public IReadOnlyList<(string Name, string Value)> Parameters { get; }

    /// <summary>The authorization code; null when there is none.</summary>
    public string? Code => this["code"];

    /// <summary>The error; null when there is none.</summary>
    public string? Error => this["error"];

    /// <summary>The only form with this field; fails the test when there is none.</summary>
    public PageForm FormWith(string field)
    {
        var form = Forms.FirstOrDefault(one => one.Fields.Any(f => f.Name == field));
        Assert.True(form is not null, $"No form with '{field}' on {this}");
        return form;
    }

    /// <summary>A parameter of the authorization response; fails the test when it is repeated.</summary>
    public string? this[string name]
    {
        get
        {
            var values = Parameters.Where(p => p.Name == name).ToList();
            Assert.True(values.Count < 2, $"'{name}' comes {values.Count} times");
            return values.Count == 0 ? null : values[0].Value;
        }
    }

    /// <summary>A header; null when absent.</summary>
    public string? Header(string name) => reply.Header(name);

    /// <summary>All headers.</summary>
    public IEnumerable<KeyValuePair<string, IEnumerable<string>>> Headers => reply.Headers;

    /// <summary>Fails the test unless the page is of this kind.</summary>
    public Page Expect(PageKind kind)
    {
        Assert.True(Kind == kind, $"Expected {kind}, got {this}");
        return this;
    }

    /// <summary>Fails the test unless this is a redirect to the client with that error.</summary>
    public Page ExpectError(string error)
    {
        Assert.True(Kind is PageKind.Redirect or PageKind.FormPost && Error == error, $"Expected the error {error}, got {this}");
        return this;
    }

    /// <summary>Fails the test unless this is a page with status 400 that redirects nowhere.</summary>
    public Page ExpectErrorPage()
    {
        Assert.True(Kind == PageKind.Error && Status == 400 && Location is null, $"Expected an error page, got {this}");
        return this;
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        var target = Location is null ? "" : " to " + Location.Split('?', '#')[0];
        var error = Error is null ? "" : $", {Error}: {this["error_description"]}";
        var heading = HeadingPattern().Match(Html);
        return $"{Kind} {Status}{target}{error}{(heading.Success ? $", '{TagPattern().Replace(heading.Groups[1].Value, "").Trim()}'" : "")}";
    }

    /// <summary>Reads an answer in full.</summary>
    public static async Task<Page> Read(string address, HttpResponseMessage response) => new(address, await Reply.Read(response));

    /// <summary>The decoded parameters of a query text.</summary>
    public static IReadOnlyList<(string Name, string Value)> Decode(string query) =>
        [.. query.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2)).Select(p => (Plain(p[0]), p.Length > 1 ? Plain(p[1]) : ""))];

    private static string Plain(string encoded) => Uri.UnescapeDataString(encoded.Replace('+', ' '));

    private static IReadOnlyList<(string Name, string Value)> Split(string location)
    {
        var fragment = location.IndexOf('#', StringComparison.Ordinal);
        if (fragment >= 0 && fragment < location.Length - 1 && location[fragment..].Contains('=', StringComparison.Ordinal)) return Decode(location[(fragment + 1)..]);
        var whole = fragment < 0 ? location : location[..fragment];
        var query = whole.IndexOf('?', StringComparison.Ordinal);
        return query < 0 ? [] : Decode(whole[(query + 1)..]);
    }

    private IReadOnlyList<(string Name, string Value)> Posted()
    {
        var form = Forms.FirstOrDefault(one => one.Fields.Any(f => f.Name is "code" or "error" or "response" or "access_token" or "id_token"));
        return form is null ? [] : [.. form.Fields.Where(field => field.Name.Length > 0).Select(field => (field.Name, field.Value))];
    }

    private PageKind Judge()
    {
        if (Location is not null) return PageKind.Redirect;
        if (reply.MediaType != "text/html") return PageKind.Other;
        if (Forms.Any(form => form.Fields.Any(field => field.Name == "password"))) return PageKind.SignIn;
        if (Forms.Any(form => form.Fields.Any(field => field.Name == "decision"))) return PageKind.Consent;
        if (Parameters.Count > 0) return PageKind.FormPost;
        return Status >= 400 ? PageKind.Error : PageKind.Other;
    }

    [GeneratedRegex("<form\\b([^>]*)>(.*?)</form>", RegexOptions.Singleline | RegexOptions.IgnoreCase)]
    private static partial Regex FormPattern();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex TagPattern();

    [GeneratedRegex("<h1[^>]*>(.*?)</h1>", RegexOptions.Singleline | RegexOptions.IgnoreCase)]
    private static partial Regex HeadingPattern();
}
