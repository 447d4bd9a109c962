using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Evergrant.Cli;

/// <summary>JSON for programs: indented, letters as they are.</summary>
internal static class JsonOutput
{
    /// <summary>Letters as they are, on one line.</summary>
    public static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonWriterOptions Options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a document and a line end.</summary>
    public static void Write(TextWriter output, JsonNode json)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, Options)) json.WriteTo(writer);
        output.WriteLine(System.Text.Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length));
    }

    /// <summary>A list of objects.</summary>
    public static JsonArray Array(IEnumerable<JsonNode> items) => [.. items];

    /// <summary>A list of texts.</summary>
    public static JsonArray Texts(IEnumerable<string> items) => [.. items.Select(i => (JsonNode)i)];

    /// <summary>An instant (RFC 3339, UTC).</summary>
    public static JsonNode? At(DateTimeOffset? at) => at is { } instant ? instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture) : null;
}
