using System.Text.Json;
using Evergrant.AspNetCore;
using Evergrant.Hosting.Settings;
using Evergrant.Jose;

namespace Evergrant.Hosting;

/// <summary>POST /dev/clock {"advance":"7.00:00:00"}: moves the server's time forward. Mapped only where the clock can be moved, which is development mode.</summary>
internal static class ClockEndpoint
{
    private static readonly EndpointRule Rule = new()
    {
        Name = "Clock", Source = "docs/operations/configuration.md", Caller = Caller.Anyone, Cors = Cors.Never, Caching = Caching.NoStore, BodyLimit = 1024, Headers = HeaderSet.Json,
    };

    /// <summary>Maps the route.</summary>
    public static void MapClock(this IEndpointRouteBuilder routes, MovableClock clock) =>
        routes.MapPost("/dev/clock", http => AnswerAsync(http, clock)).WithMetadata(Rule);

    private static async Task AnswerAsync(HttpContext http, MovableClock clock)
    {
        // A page of another site cannot send JSON here without asking first, and is never told yes.
        TimeSpan? advance = http.Request.HasJsonContentType() ? await ReadAsync(http) : null;
        if (advance is not { } span || span <= TimeSpan.Zero || span > TimeSpan.FromDays(36600))
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            await http.Response.WriteAsJsonAsync(new Dictionary<string, string> { ["error"] = "invalid_request", ["error_description"] = "Send {\"advance\":\"d.hh:mm:ss\"}, more than zero, as application/json." });
            return;
        }
        await http.Response.WriteAsJsonAsync(new Dictionary<string, DateTimeOffset> { ["now"] = clock.Advance(span) });
    }

    private static async Task<TimeSpan?> ReadAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        if (!StrictJson.TryParseObject(body.ToArray(), out JsonDocument? json)) return null;
        using (json)
        {
            return json.RootElement.TryGetProperty("advance", out JsonElement advance) && advance.ValueKind == JsonValueKind.String ? ServerSettings.Duration(advance.GetString()!) : null;
        }
    }
}
