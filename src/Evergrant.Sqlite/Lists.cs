using System.Text.Json;
using Evergrant.Protocol.Storage;

namespace Evergrant.Sqlite;

/// <summary>Lists of words in one column, as a JSON array.</summary>
internal static class Lists
{
    public static byte[] Write(IReadOnlyList<string> words) => JsonSerializer.SerializeToUtf8Bytes(words, StoredJson.Default.IReadOnlyListString);

    public static IReadOnlyList<string> Read(ReadOnlySpan<byte> utf8) => JsonSerializer.Deserialize(utf8, StoredJson.Default.IReadOnlyListString)!;
}
