using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Evergrant.Jose;

namespace Evergrant.Protocol.Binding;

/// <summary>The mark of a request that proves a key (<see cref="Grants.Grant.Mark"/>): 31 random bits, and 32 that only the same key gives with them. So the row remembers with which key its
/// present generation was made, and nothing more is stored.</summary>
public static class KeyedMark
{
    /// <summary>The mark of a request.</summary>
    /// <param name="random">Random number, not negative.</param>
    /// <param name="proven">The keys that the request proves.</param>
    public static long Of(long random, ProvenKeys proven) => proven.Dpop is { } key ? Keyed(random, key) : random;

    /// <summary>Whether a row's present generation was made with a key. One that was made without any is taken for it once in four thousand million times.</summary>
    /// <param name="mark">The row's mark.</param>
    /// <param name="key">The key.</param>
    public static bool IsOf(long mark, Confirmation key) => Keyed(mark, key) == mark;

    private static long Keyed(long random, Confirmation key)
    {
        long high = random & unchecked((long)0xFFFFFFFF00000000);
        byte[] hash = SHA256.HashData(Encoding.ASCII.GetBytes($"{key.Text} {high >> 32}"));
        return high | BinaryPrimitives.ReadUInt32BigEndian(hash);
    }
}
