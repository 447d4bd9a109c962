using System.Globalization;
using System.Text.Json;

namespace Evergrant.Protocol.Clients;

/// <summary>Reads the members of a JSON object and collects every fault with the member's name.</summary>
internal sealed class JsonMembers
{
    private readonly JsonElement _json;
    private readonly string _prefix;
    private readonly List<string>? _tagged;

    public JsonMembers(JsonElement json, IReadOnlyList<string> known, string prefix = "", List<string>? faults = null, IReadOnlyList<string>? localizable = null)
    {
        _json = json;
        _prefix = prefix;
        Faults = faults ?? [];
        foreach (JsonProperty member in json.EnumerateObject())
        {
            if (member.Name.IndexOf('#') is > 0 and int tag && localizable?.Contains(member.Name[..tag]) == true) (_tagged ??= []).Add(member.Name);
            else if (!known.Contains(member.Name)) Fault(member.Name, "is not a setting that is known");
        }
    }

    public List<string> Faults { get; }

    /// <summary>Names of members with a language tag (client_name#ja).</summary>
    public IReadOnlyList<string> Tagged => _tagged ?? [];

    public void Fault(string name, string text) => Faults.Add($"{_prefix}{name} {text}");

    /// <summary>The member's name as faults have it.</summary>
    public string PathOf(string name) => _prefix + name;

    public bool Has(string name) => _json.TryGetProperty(name, out _);

    public JsonElement? Member(string name) => _json.TryGetProperty(name, out JsonElement value) ? value : null;

    public string? Text(string name)
    {
        if (Given(name) is not { } value) return null;
        if (value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 and <= 4096 } text) return text;
        Fault(name, "is not a text");
        return null;
    }

    public IReadOnlyList<string>? Texts(string name)
    {
        if (Given(name) is not { } value) return null;
        if (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() <= 200 && value.EnumerateArray().All(v => v.ValueKind == JsonValueKind.String && v.GetString()!.Length > 0))
        {
            return [.. value.EnumerateArray().Select(v => v.GetString()!).Distinct()];
        }
        Fault(name, "is not a list of at most 200 texts");
        return null;
    }

    public bool? Flag(string name)
    {
        if (Given(name) is not { } value) return null;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False) return value.GetBoolean();
        Fault(name, "is neither true nor false");
        return null;
    }

    public int? Number(string name, int least, int most)
    {
        if (Given(name) is not { } value) return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) && number >= least && number <= most) return number;
        Fault(name, string.Create(CultureInfo.InvariantCulture, $"is not a whole number from {least} to {most}"));
        return null;
    }

    /// <summary>null in the object means none; an absent member means the start value.</summary>
    public TimeSpan? Span(string name, TimeSpan? start, TimeSpan least, TimeSpan most)
    {
        if (!Has(name)) return start;
        if (Given(name) is not { } value) return null;
        if (value.ValueKind == JsonValueKind.String && TimeSpan.TryParseExact(value.GetString(), "c", CultureInfo.InvariantCulture, out TimeSpan span) && span >= least && span <= most) return span;
        Fault(name, string.Create(CultureInfo.InvariantCulture, $"is not a duration [d.]hh:mm:ss from {least:c} to {most:c}"));
        return start;
    }

    public string? Object(string name)
    {
        if (Given(name) is not { } value) return null;
        if (value.ValueKind == JsonValueKind.Object) return value.GetRawText();
        Fault(name, "is not an object");
        return null;
    }

    public T Choice<T>(string name, params ReadOnlySpan<(string Name, T Value)> choices) => Choice(name, choices[0].Value, choices);

    public T Choice<T>(string name, T start, params ReadOnlySpan<(string Name, T Value)> choices)
    {
        if (Given(name) is not { } value) return start;
        string? text = value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        var names = new List<string>();
        foreach ((string choice, T meant) in choices)
        {
            if (choice == text) return meant;
            names.Add(choice);
        }
        Fault(name, $"is none of {string.Join(", ", names)}");
        return start;
    }

    private JsonElement? Given(string name) =>
        _json.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
