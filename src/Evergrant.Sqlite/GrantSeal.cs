using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using Evergrant.Protocol.Grants;

namespace Evergrant.Sqlite;

/// <summary>Two checksums of a row of grants, so that a bit that turned over on the disk is seen before anybody is answered from it: one over what a refresh changes, one over what stays.
/// They are against accidents; who can write the file can also write them.</summary>
/// <remarks>The moving one is worked out by the statement that writes, from the values that it writes: a sum of the columns modulo a prime, each with a weight of its own, which any
/// single bit changes. The fixed one is a CRC32C, worked out once, when the row is made.</remarks>
internal static class GrantSeal
{
    private const long Prime = int.MaxValue;

    // Anything below 2^20, different for each, so that values that change places are seen too.
    private static readonly int[] Weights = [524287, 393241, 786433, 196613, 98317, 49157, 24593, 12289, 6151, 3079, 1543];

    /// <summary>The moving checksum in SQL, of these expressions: a column's name where it stays, a parameter where it is written.</summary>
    public static string Sql(
        string state = "state", string generation = "generation", string generationAt = "generation_at", string keyNumber = "key_number", string retries = "retries",
        string accessSerial = "access_serial", string accessFloor = "access_floor", string idleExpiresAt = "idle_expires_at", string expiresAt = "expires_at", string revokedAt = "revoked_at",
        string mark = "mark")
    {
        string[] values = [state, generation, generationAt, keyNumber, retries, accessSerial, accessFloor, $"coalesce({idleExpiresAt}, -1)", $"coalesce({expiresAt}, -1)", $"coalesce({revokedAt}, -1)", mark];
        return string.Join(" + ", values.Select((value, i) => $"{value} % {Prime} * {Weights[i]}"));
    }

    /// <summary>The same of a row that was read.</summary>
    public static long Moving(Grant grant)
    {
        ReadOnlySpan<long> values =
        [
            (long)grant.State, grant.Generation, grant.GenerationAt.ToUnixTimeMilliseconds(), grant.KeyNumber, grant.Retries.Bits, grant.AccessSerial, grant.AccessFloor,
            grant.IdleExpiresAt?.ToUnixTimeMilliseconds() ?? -1, grant.ExpiresAt?.ToUnixTimeMilliseconds() ?? -1, grant.RevokedAt?.ToUnixTimeMilliseconds() ?? -1, grant.Mark,
        ];
        long sum = 0;
        for (int i = 0; i < values.Length; i++) sum += values[i] % Prime * Weights[i];
        return sum;
    }

    /// <summary>The fixed checksum.</summary>
    /// <param name="grant">The row.</param>
    /// <param name="authorized">Its document as it is stored.</param>
    public static long Fixed(Grant grant, ReadOnlySpan<byte> authorized)
    {
        Span<byte> id = stackalloc byte[24];
        grant.Id.TryWriteBytes(id, bigEndian: true, out _);
        BinaryPrimitives.WriteInt64BigEndian(id[16..], grant.CreatedAt.ToUnixTimeMilliseconds());
        uint crc = Add(uint.MaxValue, id);
        crc = Add(Add(Add(Add(Add(crc, grant.Issuer), grant.ClientId), grant.Subject), grant.SessionId), grant.BoundKey);
        return Add(Add(crc, grant.Salt), authorized);
    }

    private static uint Add(uint crc, string? text)
    {
        if (text is null) return BitOperations.Crc32C(crc, (byte)0xff);
        Span<byte> utf8 = stackalloc byte[256];
        return Encoding.UTF8.TryGetBytes(text, utf8, out int written) ? Add(crc, utf8[..written]) : Add(crc, Encoding.UTF8.GetBytes(text));
    }

    // Each part with its length, so that nothing moves from one to the next unseen.
    private static uint Add(uint crc, ReadOnlySpan<byte> bytes)
    {
        crc = BitOperations.Crc32C(crc, (uint)bytes.Length);
        for (; bytes.Length >= 8; bytes = bytes[8..]) crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (byte one in bytes) crc = BitOperations.Crc32C(crc, one);
        return crc;
    }
}
