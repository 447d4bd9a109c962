using System.Text.Json;

namespace Evergrant.Protocol.Registration;

/// <summary>The document under a sector_identifier_uri: a JSON array of redirect URIs (OpenID Connect Registration section 5).</summary>
public static class SectorDocument
{
    /// <summary>Whether a document names all redirect URIs of a client.</summary>
    /// <param name="utf8Json">The document.</param>
    /// <param name="redirectUris">The client's redirect URIs.</param>
    public static bool Names(ReadOnlyMemory<byte> utf8Json, IReadOnlyList<string> redirectUris)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(utf8Json, new JsonDocumentOptions { MaxDepth = 4 });
            if (document.RootElement.ValueKind != JsonValueKind.Array) return false;
            var named = new HashSet<string>(StringComparer.Ordinal);
            foreach (JsonElement item in document.RootElement.EnumerateArray())
            {
                if (item.ValueKind != JsonValueKind.String) return false;
                named.Add(item.GetString()!);
            }
            return redirectUris.All(named.Contains);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException) // The second: half of a surrogate pair.
        {
            return false;
        }
    }
}
