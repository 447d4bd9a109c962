using System.Security.Cryptography;

namespace Evergrant.AspNetCore.Keys;

/// <summary>Random bytes for names, salts and nonces of which each answer needs some: the generator is asked for many at once, because a question costs far more than its bytes.
/// For what others may see, not for keys and credentials.</summary>
/// <remarks>Safe for concurrent use; each thread has its own. What was handed out is forgotten.</remarks>
internal static class RandomPool
{
    private const int Size = 1024;

    [ThreadStatic]
    private static byte[]? t_bytes;

    [ThreadStatic]
    private static int t_left;

    /// <summary>Fills a span.</summary>
    /// <param name="target">Not longer than 64 bytes.</param>
    public static void Fill(Span<byte> target)
    {
        byte[] bytes = t_bytes ??= GC.AllocateUninitializedArray<byte>(Size);
        if (t_left < target.Length)
        {
            RandomNumberGenerator.Fill(bytes);
            t_left = Size;
        }
        Span<byte> given = bytes.AsSpan(t_left - target.Length, target.Length);
        given.CopyTo(target);
        given.Clear();
        t_left -= target.Length;
    }
}
