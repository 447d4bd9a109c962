using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Evergrant.Jose;

namespace Evergrant.Cli;

/// <summary>Reads what commands take in: files, standard input, and secrets that are typed without being shown.</summary>
internal static class TextInput
{
    private const int MaxLength = 8 << 20;

    /// <summary>A whole file; - is standard input.</summary>
    public static async Task<string?> FileAsync(string path, CancellationToken cancellationToken)
    {
        if (path == "-") return await AllAsync(cancellationToken);
        if (new FileInfo(path) is { Exists: true, Length: > MaxLength }) throw new Hosting.UnusableException($"{path} is longer than 8 MiB");
        return await File.ReadAllTextAsync(path, cancellationToken);
    }

    /// <summary>Reads JSON: no member twice, and every text readable.</summary>
    /// <exception cref="JsonException">It is not that.</exception>
    public static JsonNode? Json(string text) => StrictJson.HidesLoneSurrogate(Encoding.UTF8.GetBytes(text))
        ? throw new JsonException()
        : JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false });

    /// <summary>All of standard input.</summary>
    public static async Task<string?> AllAsync(CancellationToken cancellationToken) => await Console.In.ReadToEndAsync(cancellationToken);

    /// <summary>The first line of standard input; on a terminal it is asked for and not shown.</summary>
    /// <param name="prompt">What to ask on a terminal.</param>
    /// <param name="cancellationToken">Ends the wait for piped input.</param>
    public static async Task<string?> SecretAsync(string prompt, CancellationToken cancellationToken)
    {
        if (Console.IsInputRedirected) return await Console.In.ReadLineAsync(cancellationToken);
        Console.Error.Write(prompt + ": ");
        var typed = new StringBuilder();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key == ConsoleKey.Backspace) typed.Length = Math.Max(0, typed.Length - 1);
            else if (!char.IsControl(key.KeyChar)) typed.Append(key.KeyChar);
        }
        Console.Error.WriteLine();
        return typed.ToString();
    }
}
