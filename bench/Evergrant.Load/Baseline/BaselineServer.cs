namespace Evergrant.Load.Baseline;

/// <summary>
/// The floor under a token endpoint in ASP.NET Core: Kestrel reads the same form, one ES256 JWT of the same size is signed, JSON of
/// the same size goes back. Everything the server needs beyond this is its own.
/// </summary>
internal static class BaselineServer
{
    public static Task RunAsync(string urls, BaselineSigner signer, CancellationToken cancellation)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(urls);
        var app = builder.Build();
        app.MapPost("/token", (RequestDelegate)(http => AnswerAsync(http, signer)));
        return app.RunAsync(cancellation);
    }

    private static async Task AnswerAsync(HttpContext http, BaselineSigner signer)
    {
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        if (form["grant_type"] != "refresh_token" || form["refresh_token"].ToString().Length == 0)
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        var body = signer.Answer(DateTimeOffset.UtcNow);
        http.Response.ContentType = "application/json";
        http.Response.Headers.CacheControl = "no-store";
        http.Response.ContentLength = body.Length;
        await http.Response.Body.WriteAsync(body, http.RequestAborted);
    }
}
