using System.Collections;
using System.Globalization;
using System.Text.Json;
using Evergrant.Jose;

namespace Evergrant.Hosting.Settings;

/// <summary>A value as it was written, and where.</summary>
/// <param name="Text">The text; numbers and truth values as they stand.</param>
/// <param name="Place">For the message, e.g. "evergrant.json line 4".</param>
internal sealed record SettingValue(string Text, string Place);

/// <summary>All settings that were written down, by path (issuers[0].issuer), from the file and then the environment.</summary>
internal sealed class SettingValues(List<string> faults)
{
    private const string Prefix = "EVERGRANT__";
    private readonly SortedDictionary<string, SettingValue> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _lists = new(StringComparer.Ordinal);

    /// <summary>A single value, or null.</summary>
    public SettingValue? Find(string path) => _values.GetValueOrDefault(path);

    /// <summary>The items of a list: for each place in it the value at the path, where [] stands for the place.</summary>
    public IReadOnlyList<SettingValue> List(string path)
    {
        var list = new List<SettingValue>();
        while (_values.TryGetValue(path.Replace("[]", $"[{list.Count}]", StringComparison.Ordinal), out SettingValue? value)) list.Add(value);
        string opening = path[..path.IndexOf('[')];
        SettingValue? further = _values.FirstOrDefault(v => v.Key.StartsWith(opening + "[", StringComparison.Ordinal) && !IsWithin(v.Key, opening, list.Count)).Value;
        if (further is not null) faults.Add($"{path.Replace("[]", $"[{list.Count}]", StringComparison.Ordinal)}: is missing, though something stands there or behind it ({further.Place})");
        return list;
    }

    /// <summary>Whether a list was written down, be it empty.</summary>
    public bool HasList(string name) => _lists.ContainsKey(name) || _values.Keys.Any(k => k.StartsWith(name + "[", StringComparison.Ordinal));

    /// <summary>Reads a JSON file; comments and trailing commas are let be.</summary>
    public void ReadFile(string name, byte[] json)
    {
        if (!System.Text.Unicode.Utf8.IsValid(json) || StrictJson.HidesLoneSurrogate(json))
        {
            faults.Add($"{name}: a text in it is not Unicode");
            return;
        }
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 8 });
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject) faults.Add($"{name}: the settings are one JSON object");
            else ReadObject(ref reader, "", name, json);
            while (reader.Read()) { }
        }
        catch (JsonException e)
        {
            faults.Add($"{name} line {e.LineNumber + 1}: this is not JSON");
        }
    }

    /// <summary>Reads environment variables that begin with EVERGRANT__; they override the file.</summary>
    public void ReadEnvironment(IDictionary environment)
    {
        foreach (DictionaryEntry variable in environment)
        {
            if (variable.Key is not string key || !key.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)) continue;
            string path = "";
            foreach (string part in key[Prefix.Length..].ToLowerInvariant().Split("__"))
            {
                path += part.Length > 0 && part.All(char.IsAsciiDigit) ? $"[{part}]" : path.Length == 0 ? part : "." + part;
            }
            string place = "environment variable " + key;
            if (IsSetting(path)) _values[path] = new SettingValue(variable.Value as string ?? "", place);
            else faults.Add(Unknown(path, place));
        }
    }

    private void ReadObject(ref Utf8JsonReader reader, string path, string file, byte[] json)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            string member = path.Length == 0 ? name : $"{path}.{name}";
            string place = Place(ref reader, file, json);
            reader.Read();
            if (!seen.Add(name)) faults.Add($"{member}: is there twice ({place})");
            if (IsSettingOrAbove(member)) ReadValue(ref reader, member, file, json);
            else
            {
                faults.Add(Unknown(member, place));
                reader.Skip();
            }
        }
    }

    private void ReadValue(ref Utf8JsonReader reader, string path, string file, byte[] json)
    {
        string place = Place(ref reader, file, json);
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject when Setting.All.Any(s => s.Path.StartsWith(Pattern(path) + ".", StringComparison.Ordinal)):
                ReadObject(ref reader, path, file, json);
                break;
            case JsonTokenType.StartArray when Setting.All.Any(s => s.Path.StartsWith(Pattern(path) + "[]", StringComparison.Ordinal)):
                _lists[path] = place;
                for (int i = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++) ReadValue(ref reader, $"{path}[{i}]", file, json);
                break;
            case JsonTokenType.Null:
                break;
            case JsonTokenType.String when IsSetting(path):
                _values[path] = new SettingValue(reader.GetString()!, place);
                break;
            default:
                Setting expected = Setting.All.First(s => s.Path == Pattern(path) || s.Path.StartsWith(Pattern(path), StringComparison.Ordinal));
                string shape = IsSetting(path) ? "a text" : expected.Path[Pattern(path).Length..].StartsWith("[]", StringComparison.Ordinal) ? "a list" : "an object";
                faults.Add($"{path}: is not {shape} ({place})");
                reader.Skip();
                break;
        }
    }

    private static bool IsWithin(string path, string opening, int count)
    {
        ReadOnlySpan<char> number = path.AsSpan(opening.Length + 1);
        return int.TryParse(number[..number.IndexOf(']')], NumberStyles.None, CultureInfo.InvariantCulture, out int at) && at < count;
    }

    private static bool IsSetting(string path) => Setting.All.Any(s => s.Path == Pattern(path));

    private static bool IsSettingOrAbove(string path) =>
        IsSetting(path) || Setting.All.Any(s => s.Path.StartsWith(Pattern(path) + ".", StringComparison.Ordinal) || s.Path.StartsWith(Pattern(path) + "[]", StringComparison.Ordinal));

    private static string Pattern(string path) => string.Concat(path.Split('[').Select((part, i) => i == 0 ? part : "[]" + part[(part.IndexOf(']') + 1)..]));

    private static string Unknown(string path, string place)
    {
        string pattern = Pattern(path);
        // What stands on the way to a setting may be mistyped as well: certificat.path.
        string? near = Setting.All.SelectMany(s => Enumerable.Range(1, s.Path.Length).Where(n => n == s.Path.Length || s.Path[n] is '.' or '[').Select(n => s.Path[..n]))
            .Where(p => Distance(p, pattern) <= 3).MinBy(p => Distance(p, pattern));
        return $"{path}: no such setting ({place})" + (near is null ? "" : $"; did you mean {near}?");
    }

    /// <summary>How many letters have to be put in, left out or changed (Levenshtein).</summary>
    private static int Distance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int above = row[j];
                row[j] = Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }
        return row[^1];
    }

    private static string Place(ref Utf8JsonReader reader, string file, byte[] json) =>
        string.Create(CultureInfo.InvariantCulture, $"{file} line {json.AsSpan(0, (int)reader.TokenStartIndex).Count((byte)'\n') + 1}");
}
