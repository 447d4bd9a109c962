using System.Security.Cryptography;
using System.Text;

namespace Evergrant.Protocol.DeviceAuthorization;

/// <summary>The code that a person reads on a device and types elsewhere (RFC 8628 section 6.1): nine letters without vowels and look-alikes, in groups of three.</summary>
/// <remarks>20^9 codes are 2^38.9: with a hundred wrong ones allowed to everybody together within the life of a code, the chance to hit one is below 2^-32 (section 5.1).</remarks>
public static class UserCode
{
    /// <summary>Purpose of the keys of <see cref="KeyOf"/>.</summary>
    public const string Purpose = "user-code";

    /// <summary>Random bytes that <see cref="New"/> takes.</summary>
    public const int RandomLength = 16;

    private const string Letters = "BCDFGHJKLMNPQRSTVWXZ";
    private const int Length = 9;
    private const int Group = 3;

    /// <summary>Makes a code, as it is shown.</summary>
    /// <param name="random">16 random bytes; more than enough that no letter is likelier than another by 2^-80.</param>
    public static string New(ReadOnlySpan<byte> random)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(random.Length, RandomLength);
        var number = new System.Numerics.BigInteger(random, isUnsigned: true);
        var letters = new char[Length];
        for (int i = 0; i < Length; i++)
        {
            letters[i] = Letters[(int)(number % Letters.Length)];
            number /= Letters.Length;
        }
        return Shown(new string(letters));
    }

    /// <summary>The letters of what a person typed: case, spaces and punctuation do not count (section 6.1). Null when they cannot be a code.</summary>
    /// <param name="typed">What was typed.</param>
    public static string? Read(string? typed)
    {
        if (typed is null || typed.Length > 64) return null;
        var letters = new StringBuilder(Length);
        foreach (char c in typed)
        {
            if (char.IsWhiteSpace(c) || char.IsPunctuation(c) || char.IsSymbol(c)) continue;
            char upper = char.ToUpperInvariant(c);
            if (!Letters.Contains(upper) || letters.Length == Length) return null;
            letters.Append(upper);
        }
        return letters.Length == Length ? letters.ToString() : null;
    }

    /// <summary>Letters in groups, joined by hyphens.</summary>
    /// <param name="letters">As <see cref="Read"/> returns them.</param>
    public static string Shown(string letters) => string.Join('-', letters.Chunk(Group).Select(g => new string(g)));

    /// <summary>The key under which the code's handle is stored: an HMAC, for nine letters would be guessed from a plain hash.</summary>
    /// <param name="key">A key that is kept outside the store.</param>
    /// <param name="issuer">The issuer that made the code.</param>
    /// <param name="letters">As <see cref="Read"/> returns them.</param>
    public static byte[] KeyOf(byte[] key, string issuer, string letters) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(issuer + "\n" + letters));
}
