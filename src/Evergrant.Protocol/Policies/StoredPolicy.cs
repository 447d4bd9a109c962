using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Evergrant.Protocol.Grants;

namespace Evergrant.Protocol.Policies;

/// <summary>The form in which a grant keeps its policy: a text of what differs from the built-in one. Equal texts are one object, so that reading a grant makes nothing new.</summary>
public sealed class StoredPolicy : JsonConverter<GrantPolicy>
{
    private const int Most = 10_000;
    private const int Longest = 4096;
    private const string OfConfidential = "c", OfPublic = "p";

    // A difference, for programs that know the other two only. The name, which they pass over, tells it from what an operator has said in the same words: that holds for bound tokens too.
    private const string OfPublicBrowser = """p{"name":"public-browser","retry_uncounted":"00:00:10"}""";

    private static readonly ConcurrentDictionary<string, GrantPolicy> Known = new(StringComparer.Ordinal)
    {
        [OfConfidential] = GrantPolicy.Confidential, [OfPublic] = GrantPolicy.Public, [OfPublicBrowser] = GrantPolicy.PublicBrowser,
    };
    private static readonly ConcurrentDictionary<string, GrantPolicy>.AlternateLookup<ReadOnlySpan<char>> Lookup = Known.GetAlternateLookup<ReadOnlySpan<char>>();

    // The text of a policy, as long as the policy lives: comparing all knobs takes longer than all else that makes a grant.
    private static readonly ConditionalWeakTable<GrantPolicy, string> Texts = [];

    /// <summary>Writes a policy.</summary>
    /// <param name="policy">The policy.</param>
    public static string TextOf(GrantPolicy policy)
    {
        if (ReferenceEquals(policy, GrantPolicy.Confidential)) return OfConfidential;
        if (ReferenceEquals(policy, GrantPolicy.Public)) return OfPublic;
        if (ReferenceEquals(policy, GrantPolicy.PublicBrowser)) return OfPublicBrowser;
        return Texts.GetValue(policy, Compare);
    }

    private static string Compare(GrantPolicy policy)
    {
        string ofConfidential = Difference(policy, GrantPolicy.Confidential), ofPublic = Difference(policy, GrantPolicy.Public);
        return ofPublic.Length < ofConfidential.Length ? OfPublic + ofPublic : OfConfidential + ofConfidential;
    }

    /// <summary>Reads what <see cref="TextOf"/> wrote.</summary>
    /// <param name="text">The text.</param>
    public static GrantPolicy OfText(ReadOnlySpan<char> text) => Lookup.TryGetValue(text, out GrantPolicy? known) ? known : Parse(text.ToString());

    /// <inheritdoc/>
    public override GrantPolicy? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        int bytes = reader.HasValueSequence ? (int)reader.ValueSequence.Length : reader.ValueSpan.Length;
        if (bytes > Longest) return OfText(reader.GetString());
        Span<char> text = stackalloc char[bytes <= 512 ? 512 : Longest];
        return OfText(text[..reader.CopyString(text)]);
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, GrantPolicy value, JsonSerializerOptions options) => writer.WriteStringValue(TextOf(value));

    private static string Difference(GrantPolicy policy, GrantPolicy from)
    {
        var json = new JsonObject();
        foreach (Knob knob in Knob.All.Where(k => !k.IsSame(policy, from))) json[knob.Name] = knob.ValueIn(policy);
        return JsonSerializer.Serialize(json, PolicyJson.Default.JsonNode);
    }

    private static GrantPolicy Parse(string text)
    {
        GrantPolicy start = text.StartsWith(OfPublic, StringComparison.Ordinal) ? GrantPolicy.Public : GrantPolicy.Confidential;
        using JsonDocument document = JsonDocument.Parse(Encoding.UTF8.GetBytes(text[1..]));
        GrantPolicy policy = PolicyDocument.Apply(document.RootElement, start);
        if (Known.Count >= Most) return policy;
        return Known.GetOrAdd(text, policy);
    }
}
