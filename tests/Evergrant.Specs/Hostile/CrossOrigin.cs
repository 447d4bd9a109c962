namespace Evergrant.Specs.Hostile;

/// <summary>Which origins' scripts may read which answer.</summary>
public sealed class CrossOrigin(Server server)
{
    private const string Registered = "https://hostile-spa.example";
    private static readonly string[] Strangers =
        ["https://evil.example", "null", "http://hostile-spa.example", "https://hostile-spa.example.evil.example", "https://hostile-spa.example:444", "https://HOSTILE-SPA.example", "https://xhostile-spa.example", "*", ""];

    [Fact]
    public async Task Documents_are_for_everybody_without_credentials()
    {
        foreach (var path in Surface.Documents)
        {
            foreach (var origin in Strangers.Append(Registered))
            {
                var reply = await From(origin, HttpMethod.Get, path);
                Assert.Equal("*", reply.Header("Access-Control-Allow-Origin"));
                Assert.Null(reply.Header("Access-Control-Allow-Credentials"));
            }
        }
    }

    [Fact]
    [Requirement("BBA-6.3.3.4-01")]
    public async Task Endpoints_for_programs_are_for_registered_origins()
    {
        foreach (var path in Surface.Forms.Append("/userinfo"))
        {
            foreach (var method in new[] { HttpMethod.Options, HttpMethod.Post })
            {
                var known = await From(Registered, method, path);
                Assert.True(known.Header("Access-Control-Allow-Origin") == Registered, $"{method} {path}: {known.Header("Access-Control-Allow-Origin")}");
                Assert.Contains("Origin", known.Header("Vary") ?? "", StringComparison.OrdinalIgnoreCase);
                foreach (var origin in Strangers)
                {
                    var reply = (await From(origin, method, path)).Sound($"{method} {path} from {origin}");
                    Assert.True(reply.Header("Access-Control-Allow-Origin") is null, $"{method} {path} from {origin}: {reply.Header("Access-Control-Allow-Origin")}");
                    Assert.Null(reply.Header("Access-Control-Allow-Credentials"));
                }
            }
        }
    }

    [Fact]
    public async Task A_script_of_a_registered_origin_can_read_errors_too()
    {
        var reply = await From(Registered, HttpMethod.Post, "/token");

        Assert.InRange(reply.Status, 400, 401);
        Assert.Equal(Registered, reply.Header("Access-Control-Allow-Origin"));
        Assert.Contains("WWW-Authenticate", reply.Header("Access-Control-Expose-Headers"), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Pages_are_for_no_script()
    {
        foreach (var path in Surface.Pages.Concat(Surface.PageForms).Concat(["/dev/clock", "/dev/explain", "/nowhere"]).Distinct())
        {
            foreach (var method in new[] { HttpMethod.Get, HttpMethod.Post, HttpMethod.Options })
            {
                foreach (var origin in new[] { Registered, "https://evil.example", "null" })
                {
                    var reply = (await From(origin, method, path)).Sound($"{method} {path}");
                    Assert.True(reply.Header("Access-Control-Allow-Origin") is null, $"{method} {path} from {origin}: {reply.Header("Access-Control-Allow-Origin")}");
                }
            }
        }
    }

    private async Task<Reply> From(string origin, HttpMethod method, string path)
    {
        var request = new HttpRequestMessage(method, server.Api.Url(path));
        request.Headers.TryAddWithoutValidation("Origin", origin);
        if (method == HttpMethod.Options)
        {
            request.Headers.TryAddWithoutValidation("Access-Control-Request-Method", "POST");
            request.Headers.TryAddWithoutValidation("Access-Control-Request-Headers", "content-type");
        }

        if (method == HttpMethod.Post) request.Content = Api.Form([("grant_type", "refresh_token"), ("refresh_token", "x")]);
        return await server.Api.Send(request);
    }
}
