using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Evergrant.Hosting;

/// <summary>A command that is carried out by the server that holds the folder.</summary>
/// <param name="Arguments">The command line.</param>
/// <param name="Input">What the command reads from standard input or a file; null for nothing.</param>
/// <param name="Folder">Folder in which the command was given: relative paths begin there.</param>
/// <param name="Width">Columns of the terminal; 0 when there is none.</param>
/// <param name="Actor">Who gives the command, as whoever may open the socket says; null when a program of an earlier version does not.</param>
internal sealed record CommandRequest(IReadOnlyList<string> Arguments, string? Input, string Folder, int Width, string? Actor = null)
{
    /// <summary>Tells nothing: the input may be a password or a token.</summary>
    public override string ToString() => "***";
}

/// <summary>What became of it.</summary>
/// <param name="ExitCode">Exit code.</param>
/// <param name="Output">For standard output.</param>
/// <param name="Error">For standard error.</param>
internal sealed record CommandReply(int ExitCode, string Output, string Error)
{
    /// <summary>The exit code only.</summary>
    public override string ToString() => $"exit code {ExitCode}";
}

/// <summary>The JSON of the command socket.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(CommandRequest))]
[JsonSerializable(typeof(CommandReply))]
internal sealed partial class CommandJson : JsonSerializerContext;

/// <summary>Framing of the command socket: four bytes of length, most significant first, then JSON. One request, one reply.</summary>
internal static class CommandFrame
{
    /// <summary>Longest frame in bytes.</summary>
    public const int MaxLength = 16 << 20;

    /// <summary>Writes a frame.</summary>
    public static async Task WriteAsync(Stream stream, byte[] json, CancellationToken cancellationToken)
    {
        if (json.Length > MaxLength) throw new InvalidDataException("The message is longer than 16 MiB.");
        byte[] length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, json.Length);
        await stream.WriteAsync(length, cancellationToken);
        await stream.WriteAsync(json, cancellationToken);
        await stream.FlushAsync(cancellationToken);
    }

    /// <summary>Reads a frame.</summary>
    /// <exception cref="IOException">It ends early, or its length is out of bounds.</exception>
    public static async Task<byte[]> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        byte[] length = new byte[4];
        await stream.ReadExactlyAsync(length, cancellationToken);
        int announced = BinaryPrimitives.ReadInt32BigEndian(length);
        if (announced is < 0 or > MaxLength) throw new IOException("The length of a frame is out of bounds.");
        byte[] json = new byte[announced];
        await stream.ReadExactlyAsync(json, cancellationToken);
        return json;
    }
}
