using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;

namespace Evergrant.AspNetCore;

/// <summary>Reads a body once and whole, within the endpoint's limit, whatever Content-Length says.</summary>
internal static class BodyReader
{
    /// <summary>Reads and parses.</summary>
    /// <typeparam name="T">What it is parsed to.</typeparam>
    /// <param name="http">The request.</param>
    /// <param name="limit">Bytes at most.</param>
    /// <param name="parse">Makes it of the bytes, which are gone afterwards; null when they are malformed.</param>
    /// <returns>What was parsed, or whether the body was too large for that.</returns>
    public static async ValueTask<(T? Parsed, bool TooLarge)> ReadAsync<T>(HttpContext http, int limit, Func<ReadOnlySequence<byte>, T?> parse)
        where T : class
    {
        if (http.Request.ContentLength > limit) return (null, true);
        PipeReader body = http.Request.BodyReader;
        while (true)
        {
            ReadResult read = await body.ReadAsync(http.RequestAborted);
            ReadOnlySequence<byte> buffer = read.Buffer;
            if (buffer.Length > limit)
            {
                body.AdvanceTo(buffer.End);
                return (null, true);
            }
            if (read.IsCompleted)
            {
                T? parsed = parse(buffer);
                body.AdvanceTo(buffer.End);
                return (parsed, false);
            }
            body.AdvanceTo(buffer.Start, buffer.End);
        }
    }
}
