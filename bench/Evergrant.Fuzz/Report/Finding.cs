using System.Security.Cryptography;

namespace Evergrant.Fuzz.Report;

/// <summary>An input that did what no input may do.</summary>
/// <param name="Target">The parser or endpoint.</param>
/// <param name="Sentence">What it did.</param>
/// <param name="Input">The bytes.</param>
internal sealed record Finding(string Target, string Sentence, byte[] Input)
{
    /// <summary>Writes the input to a folder, under a name that says the target; the same input always has the same name.</summary>
    /// <returns>The path.</returns>
    public string Write(string folder)
    {
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, $"{new string([.. Target.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')])}-{Convert.ToHexStringLower(SHA256.HashData(Input).AsSpan(0, 6))}.bin");
        File.WriteAllBytes(path, Input);
        return path;
    }
}
