namespace Evergrant.Specs.Hostile;

/// <summary>What holds for every answer, however bad the request was.</summary>
public static class Answers
{
    private static readonly string[] Telling =
        ["   at ", "Exception", "Microsoft.", "System.", "Kestrel", "ASP.NET", ".cs:", "sqlite", "SQLITE", "StackTrace", "/bin/Debug", "Evergrant.Protocol"];

    /// <summary>Fails the test when the server broke, tells of its inside, or names itself.</summary>
    public static Reply Sound(this Reply reply, string what)
    {
        Judge(what, reply.Status, reply.Body, reply.Header);
        return reply;
    }

    /// <inheritdoc cref="Sound(Reply, string)"/>
    public static Page Sound(this Page page, string what)
    {
        Judge(what, page.Status, page.Html, page.Header);
        return page;
    }

    /// <inheritdoc cref="Sound(Reply, string)"/>
    public static RawExchange Sound(this RawExchange exchange, string what)
    {
        Judge(what, exchange.Status, exchange.Body, exchange.Header);
        return exchange;
    }

    /// <summary>Fails the test unless the answer carries the headers that every answer of the application does.</summary>
    public static void Guarded(Func<string, string?> header, string what)
    {
        Assert.True(header("X-Content-Type-Options") == "nosniff", $"{what}: X-Content-Type-Options {header("X-Content-Type-Options")}");
        Assert.True(header("Referrer-Policy") == "no-referrer", $"{what}: Referrer-Policy {header("Referrer-Policy")}");
        var policy = header("Content-Security-Policy") ?? "";
        Assert.True(policy.Contains("default-src 'none'", StringComparison.Ordinal) && policy.Contains("frame-ancestors 'none'", StringComparison.Ordinal), $"{what}: Content-Security-Policy {policy}");
    }

    /// <summary>Fails the test when caches may keep the answer.</summary>
    public static void NotStored(Func<string, string?> header, string what) =>
        Assert.True((header("Cache-Control") ?? "").Contains("no-store", StringComparison.Ordinal), $"{what}: Cache-Control {header("Cache-Control")}");

    private static void Judge(string what, int status, string body, Func<string, string?> header)
    {
        Assert.True(status is not (500 or 502 or 504), $"{what}: {status}");
        Assert.True(header("Server") is null && header("X-Powered-By") is null && header("X-AspNet-Version") is null, $"{what}: the server names itself");
        Assert.True(!Telling.Any(word => body.Contains(word, StringComparison.Ordinal)), $"{what}: {status} tells {Telling.FirstOrDefault(word => body.Contains(word, StringComparison.Ordinal))}");
    }
}
