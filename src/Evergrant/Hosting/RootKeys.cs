using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Evergrant.AspNetCore.Keys;
using Evergrant.Protocol.Grants;

namespace Evergrant.Hosting;

/// <summary>The root keys of a server, in DATA/root.key: lines of a number, a space and 32 bytes in base64. Kept beside the store, never in it.</summary>
/// <remarks>The highest number makes new credentials, all of them verify. What <see cref="Derive"/> gives has no number to tell which key made it
/// (hashes of client secrets, wrapped signing keys), so it comes from the lowest, which stays for as long as the store.</remarks>
internal sealed class RootKeys : IServerSecrets
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "root.key";

    private readonly byte[] _first;

    private RootKeys(SortedDictionary<int, byte[]> keys)
    {
        _first = keys.First().Value;
        Credentials = new CredentialKeys(keys);
    }

    /// <inheritdoc/>
    public CredentialKeys Credentials { get; }

    /// <inheritdoc/>
    public byte[] Derive(string purpose) => HKDF.DeriveKey(HashAlgorithmName.SHA256, _first, 32, info: Encoding.UTF8.GetBytes("evergrant/1/" + purpose));

    /// <summary>Makes the file with one new key, mode 0600, durable before this returns. Does nothing when it is there.</summary>
    /// <returns>Whether it was made.</returns>
    public static bool Create(string folder)
    {
        string path = Path.Combine(folder, FileName);
        if (File.Exists(path)) return false;
        byte[] key = RandomNumberGenerator.GetBytes(32);
        PrivateFile.Write(path, Encoding.ASCII.GetBytes($"1 {Convert.ToBase64String(key)}\n"));
        CryptographicOperations.ZeroMemory(key);
        return true;
    }

    /// <summary>Reads the file.</summary>
    /// <exception cref="UnusableException">It is missing, open to others, or not what was written; the message holds nothing of it.</exception>
    public static RootKeys Read(string folder)
    {
        string path = Path.Combine(folder, FileName);
        if (FaultOf(folder) is { } fault) throw new UnusableException(fault);
        var keys = new SortedDictionary<int, byte[]>();
        int number = 0;
        foreach (string line in File.ReadLines(path))
        {
            number++;
            if (line.Length == 0 || line[0] == '#') continue;
            int space = line.IndexOf(' ');
            byte[] key = new byte[32];
            bool good = space > 0 && int.TryParse(line.AsSpan(0, space), NumberStyles.None, CultureInfo.InvariantCulture, out int id) && id is >= 1 and <= ushort.MaxValue
                && Convert.TryFromBase64String(line[(space + 1)..], key, out int written) && written == 32 && keys.TryAdd(id, key);
            if (!good) throw new UnusableException(string.Create(CultureInfo.InvariantCulture, $"{path} line {number}: is not a new number and 32 bytes in base64"));
        }
        return keys.Count > 0 ? new(keys) : throw new UnusableException($"{path}: holds no key");
    }

    /// <summary>What is wrong with the file as a file; null when nothing is.</summary>
    public static string? FaultOf(string folder)
    {
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path)) return $"{path}: is not there; evergrant init makes it once, and a backup of the store is worth nothing without it";
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite)) != 0) return $"{path}: others may read it; chmod 600 it, and think about who has";
        try
        {
            using FileStream file = File.OpenRead(path);
            return file.Length <= 1 << 16 ? null : $"{path}: is too long";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"{path}: cannot be read";
        }
    }

    /// <summary>What to say when the keys do not open what the store has.</summary>
    public static string NotOfThisStore(string folder) => $"{Path.Combine(folder, FileName)}: is not the root key of this store; put back the one that was there when the store was made";

    /// <summary>Tells nothing.</summary>
    public override string ToString() => "***";
}
