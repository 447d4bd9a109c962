using System.Text.Json;

namespace Evergrant.Protocol.Clients;

/// <summary>A type of authorization_details that an API understands (RFC 9396 section 2.1).</summary>
/// <param name="Type">Value of the member type.</param>
/// <param name="Description">One line on the consent page; null shows the type.</param>
public sealed record DetailsType(string Type, string? Description = null)
{
    /// <summary>The members that an object of this type may have besides type and locations.</summary>
    public IReadOnlyList<DetailsField> Fields { get; init; } = [];

    /// <summary>Whether an object is one of this type: nothing unknown, nothing missing, each member of its kind (RFC 9396 section 5).</summary>
    /// <param name="json">The object.</param>
    /// <param name="owner">Identifier of the API: the one value that locations may hold.</param>
    public bool Accepts(JsonElement json, string owner)
    {
        foreach (JsonProperty member in json.EnumerateObject())
        {
            bool good = member.Name switch
            {
                "type" => true,
                "locations" => DetailsField.IsTexts(member.Value) && member.Value.EnumerateArray().All(v => v.GetString() == owner),
                // Section 2.2: these mean the same in all types.
                "actions" or "datatypes" or "privileges" when !DetailsField.IsTexts(member.Value) => false,
                "identifier" when member.Value.ValueKind != JsonValueKind.String => false,
                _ => Fields.FirstOrDefault(f => f.Name == member.Name)?.Accepts(member.Value) == true,
            };
            if (!good) return false;
        }
        return Fields.All(f => !f.Required || json.TryGetProperty(f.Name, out _));
    }
}

/// <summary>What the value of a member is.</summary>
public enum DetailsKind
{
    /// <summary>Anything.</summary>
    Any,

    /// <summary>A text.</summary>
    Text,

    /// <summary>A list of texts.</summary>
    Texts,

    /// <summary>A number.</summary>
    Number,

    /// <summary>True or false.</summary>
    Flag,

    /// <summary>An object.</summary>
    Members,
}

/// <summary>A member of an object of authorization_details.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What its value is.</param>
/// <param name="Required">Whether it has to be there.</param>
/// <param name="Values">The texts that are allowed, in a list each of them; null for any.</param>
public sealed record DetailsField(string Name, DetailsKind Kind = DetailsKind.Any, bool Required = false, IReadOnlyList<string>? Values = null)
{
    /// <summary>Whether a value is of this kind and allowed.</summary>
    /// <param name="value">The value.</param>
    public bool Accepts(JsonElement value) => IsOfKind(value) && (Values is null || Texts(value).All(Values.Contains));

    /// <summary>Whether a value is a list of texts.</summary>
    /// <param name="value">The value.</param>
    public static bool IsTexts(JsonElement value) => value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(v => v.ValueKind == JsonValueKind.String);

    private bool IsOfKind(JsonElement value) => Kind switch
    {
        DetailsKind.Text => value.ValueKind == JsonValueKind.String,
        DetailsKind.Texts => IsTexts(value),
        DetailsKind.Number => value.ValueKind == JsonValueKind.Number,
        DetailsKind.Flag => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        DetailsKind.Members => value.ValueKind == JsonValueKind.Object,
        _ => true,
    };

    private static IEnumerable<string> Texts(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? [value.GetString()!] : IsTexts(value) ? value.EnumerateArray().Select(v => v.GetString()!) : [];
}
