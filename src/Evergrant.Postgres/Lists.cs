using System.Text.Json;
using Evergrant.Protocol.Storage;

namespace Evergrant.Postgres;

/// <summary>Lists of words in one column, as a JSON array.</summary>
internal static class Lists
{
    public static string Write(IReadOnlyList<string> words) => JsonSerializer.Serialize(words, StoredJson.Default.IReadOnlyListString);

    public static IReadOnlyList<string> Read(string json) => JsonSerializer.Deserialize(json, StoredJson.Default.IReadOnlyListString)!;
}
