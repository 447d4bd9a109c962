using System.Text.Json;
using Evergrant.AspNetCore;
using Evergrant.AspNetCore.Explain;
using Evergrant.Pages;

namespace Evergrant.Playground;

/// <summary>The playground, in development mode only: a page whose script is a client, and an explanation of refusals that it may ask for.</summary>
internal static class PlaygroundRoutes
{
    private static readonly EndpointRule Page = new()
    {
        Name = "Playground", Source = "docs/guides/playground.md", Caller = Caller.Anyone, Cors = Cors.Never, Caching = Caching.NoStore, BodyLimit = 0, Headers = HeaderSet.Page,
    };

    private static readonly string[] Scripts = ["playground.js", "wire.js", "tokens.js", "rules.js", "log.js", "state.js"];

    /// <summary>Maps the playground. It opens when <see cref="PlaygroundDoor.Settings"/> is set.</summary>
    public static void MapPlayground(this IEndpointRouteBuilder routes)
    {
        foreach (string path in (string[])["/playground", "/playground/callback"]) routes.MapMethods(path, ["GET", "HEAD"], ShowAsync).WithMetadata(Page);
        foreach (string script in Scripts)
        {
            byte[] content = PageAssets.Read("Evergrant.Playground." + script);
            routes.MapMethods("/playground/" + script, ["GET", "HEAD"], http => PageAssets.WriteAsync(http, content, "text/javascript; charset=utf-8", immutable: false))
                .WithMetadata(Page with { Headers = HeaderSet.Asset });
        }
        byte[] css = PageAssets.Read("Evergrant.Playground.playground.css");
        routes.MapMethods("/playground/playground.css", ["GET", "HEAD"], http => PageAssets.WriteAsync(http, css, "text/css; charset=utf-8", immutable: false))
            .WithMetadata(Page with { Headers = HeaderSet.Asset });
        routes.MapMethods("/dev/explain", ["GET", "HEAD"], ExplainAsync).WithMetadata(Page with { Name = "Explain", Headers = HeaderSet.Json });
    }

    private static Task ShowAsync(HttpContext http)
    {
        PageWriter writer = http.RequestServices.GetRequiredService<PageWriter>();
        return http.RequestServices.GetRequiredService<PlaygroundDoor>().Settings is { } settings
            ? writer.WriteAsync<PlaygroundPage>(http, settings, scripts: true)
            : writer.NotNowAsync(http, TimeSpan.FromSeconds(1));
    }

    // GET /dev/explain?reference=… or ?grant=…: the explanation as JSON; 404 when nothing is known.
    private static async Task ExplainAsync(HttpContext http)
    {
        PageHeaders.ApplyJson(http);
        string? query = http.Request.Query["reference"].FirstOrDefault() ?? http.Request.Query["grant"].FirstOrDefault();
        Explanation? explanation = query is { Length: > 0 and <= 8192 }
            ? await http.RequestServices.GetRequiredService<Explainer>().ExplainAsync(query, http.RequestAborted)
            : null;
        http.Response.StatusCode = explanation is null ? StatusCodes.Status404NotFound : StatusCodes.Status200OK;
        http.Response.ContentType = "application/json; charset=utf-8";
        await using Utf8JsonWriter json = new(http.Response.BodyWriter);
        json.WriteStartObject();
        if (explanation is not null) Write(json, explanation);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Explanation explanation)
    {
        json.WriteString("title", explanation.Title);
        json.WriteString("rule", explanation.Rule);
        json.WriteString("advice", explanation.Advice);
        json.WriteStartArray("facts");
        foreach ((string label, string text) in explanation.Facts)
        {
            json.WriteStartObject();
            json.WriteString("label", label);
            json.WriteString("text", text);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("story");
        foreach (ExplanationStep step in explanation.Story)
        {
            json.WriteStartObject();
            json.WriteString("at", step.At);
            json.WriteString("what", step.What);
            json.WriteString("detail", step.Detail);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
