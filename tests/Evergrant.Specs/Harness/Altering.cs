namespace Evergrant.Specs.Harness;

/// <summary>Credentials that differ from a good one.</summary>
public static class Altering
{
    /// <summary>The value with one character changed, in eight places spread over its length, and cut and prolonged at the end.</summary>
    public static IEnumerable<string> EachPart(string value)
    {
        for (var part = 0; part < 8; part++) yield return At(value, value.Length * part / 8);
        yield return At(value, value.Length - 3);
        yield return value[..^1];
        yield return value + "A";
        yield return value + "=";
    }

    /// <summary>The value with the character at an index replaced by another of its alphabet.</summary>
    public static string At(string value, int index) => value[..index] + (value[index] == 'B' ? 'C' : 'B') + value[(index + 1)..];
}
