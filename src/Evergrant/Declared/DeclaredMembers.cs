using System.Text.Json;

namespace Evergrant.Declared;

/// <summary>Reads the members of one object of a declared state and notes every fault with its path.</summary>
internal sealed class DeclaredMembers
{
    private readonly JsonElement _json;
    private readonly List<string> _faults;

    /// <summary>Takes an object and refuses members that are not known.</summary>
    /// <param name="json">What should be an object.</param>
    /// <param name="path">Its path, e.g. users[2]; empty for the whole file.</param>
    /// <param name="faults">Where faults go.</param>
    /// <param name="known">Names of its members.</param>
    public DeclaredMembers(JsonElement json, string path, List<string> faults, params ReadOnlySpan<string> known)
    {
        (_json, Path, _faults) = (json, path, faults);
        if (json.ValueKind != JsonValueKind.Object)
        {
            _faults.Add($"{(path.Length == 0 ? "the file" : path)}: is not an object");
            _json = JsonDocument.Parse("{}").RootElement;
            return;
        }
        foreach (JsonProperty member in json.EnumerateObject())
        {
            if (!known.Contains(member.Name)) Fault(member.Name, "is not known");
        }
    }

    /// <summary>Path of the object.</summary>
    public string Path { get; }

    /// <summary>Notes a fault of a member.</summary>
    public void Fault(string name, string text) => _faults.Add($"{At(name)}: {text}");

    /// <summary>A text of at least one character; null when absent.</summary>
    public string? Text(string name)
    {
        if (Given(name) is not { } value) return null;
        if (value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text) return text;
        Fault(name, "is not a text");
        return null;
    }

    /// <summary>A text that has to be there; empty with a fault when it is not.</summary>
    public string Needed(string name)
    {
        if (Given(name) is null) Fault(name, "is missing");
        return Text(name) ?? "";
    }

    /// <summary>A truth value; false when absent.</summary>
    public bool Flag(string name)
    {
        if (Given(name) is not { } value) return false;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False) return value.GetBoolean();
        Fault(name, "is neither true nor false");
        return false;
    }

    /// <summary>A member as it stands; null when absent.</summary>
    public JsonElement? Given(string name) => _json.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>The items of a list with their paths; null when absent.</summary>
    public IReadOnlyList<(JsonElement Item, string Path)>? List(string name)
    {
        if (Given(name) is not { } value) return null;
        if (value.ValueKind == JsonValueKind.Array) return [.. value.EnumerateArray().Select((item, i) => (item, $"{At(name)}[{i}]"))];
        Fault(name, "is not a list");
        return null;
    }

    private string At(string name) => Path.Length == 0 ? name : $"{Path}.{name}";
}
