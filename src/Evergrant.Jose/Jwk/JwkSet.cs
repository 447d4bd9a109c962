using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Evergrant.Jose;

/// <summary>Public keys, as RFC 7517 §5 publishes them. Immutable, and safe for concurrent use.</summary>
/// <param name="keys">The keys, in the order in which they are published and tried.</param>
public sealed class JwkSet(IEnumerable<Jwk> keys)
{
    /// <summary>A set with more entries than this is refused.</summary>
    public const int MaxKeys = 100;

    /// <summary>Keys that are tried for a token that names none.</summary>
    private const int MaxCandidates = 8;

    /// <summary>The keys that can be used.</summary>
    public IReadOnlyList<Jwk> Keys { get; } = [.. keys];

    /// <summary>Why each entry that was read but cannot be used was left out; empty when all are used. The sentences repeat none of the input.</summary>
    public IReadOnlyList<string> Skipped { get; private init; } = [];

    /// <summary>Of those reasons the ones for what is no key, and for keys of a known <c>kty</c>: weak, malformed, or on a curve that is not used. Whoever registers a set is told.</summary>
    public IReadOnlyList<string> Flawed { get; private init; } = [];

    /// <summary>
    /// Reads a set. Keys of unknown <c>kty</c> or with bad members are skipped (RFC 7517 §5). The whole set is refused when it is not strict JSON,
    /// has no <c>keys</c> array, has more than <see cref="MaxKeys"/> entries, or any entry discloses a private or symmetric key.
    /// </summary>
    public static bool TryParse(ReadOnlyMemory<byte> utf8Json, [NotNullWhen(true)] out JwkSet? set, [NotNullWhen(false)] out string? fault) =>
        TryParse(StrictJson.TryParseObject(utf8Json, out JsonDocument? document) ? document : null, out set, out fault);

    /// <summary>Reads a set that is part of another document, such as a client's <c>jwks</c>, by the same rules however that document was read.</summary>
    public static bool TryParse(JsonElement json, [NotNullWhen(true)] out JwkSet? set, [NotNullWhen(false)] out string? fault) =>
        TryParse(StrictJson.TryParseObject(json, out JsonDocument? document) ? document : null, out set, out fault);

    /// <summary>The set as it is served: <c>{"keys":[…]}</c>, UTF-8.</summary>
    public byte[] ToUtf8Json()
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("keys");
            foreach (Jwk key in Keys)
                key.Write(writer);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>
    /// The keys to try: those with exactly this <c>kid</c> that fit the algorithm, or, for a token without <c>kid</c>, every key that fits; at most eight.
    /// </summary>
    public IEnumerable<Jwk> Candidates(string alg, string? kid)
    {
        int found = 0;
        for (int i = 0; i < Keys.Count && found < MaxCandidates; i++)
        {
            Jwk key = Keys[i];
            if ((kid is not null && key.KeyId != kid) || !key.Fits(alg))
                continue;
            found++;
            yield return key;
        }
    }

    private static bool TryParse(JsonDocument? document, [NotNullWhen(true)] out JwkSet? set, [NotNullWhen(false)] out string? fault)
    {
        set = null;
        using (document)
        {
            fault = Fault(document, out JsonElement entries);
            if (fault is not null)
                return false;
            var keys = new List<Jwk>();
            var skipped = new List<string>();
            var flawed = new List<string>();
            foreach (JsonElement entry in entries.EnumerateArray())
            {
                if (Jwk.TryParseStrict(entry, out Jwk? key, out fault))
                    keys.Add(key);
                else if (fault == JwkMembers.Private)
                    return false;
                else
                {
                    skipped.Add(fault);
                    if (IsOfKnownType(entry))
                        flawed.Add(fault);
                }
            }
            set = new JwkSet(keys) { Skipped = skipped, Flawed = flawed };
            fault = null;
            return true;
        }
    }

    // What is no key at all is of no type that a later specification could know.
    private static bool IsOfKnownType(JsonElement entry) =>
        entry.ValueKind != JsonValueKind.Object || !entry.TryGetProperty("kty", out JsonElement type) || type.ValueKind != JsonValueKind.String || type.ValueEquals("RSA"u8) || type.ValueEquals("EC"u8);

    private static string? Fault(JsonDocument? document, out JsonElement entries)
    {
        entries = default;
        if (document is null)
            return "the key set is not a strict JSON object";
        if (!document.RootElement.TryGetProperty("keys", out entries) || entries.ValueKind != JsonValueKind.Array)
            return "the key set has no keys array";
        return entries.GetArrayLength() > MaxKeys ? "the key set has more than 100 keys" : null;
    }
}
