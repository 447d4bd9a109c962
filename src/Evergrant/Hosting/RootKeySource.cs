using System.Collections;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Evergrant.Hosting;

/// <summary>Where the root keys of a server come from: the file DATA/root.key, an environment variable, or a credential of systemd; one of them, never two.</summary>
/// <param name="File">Path of the file or credential; null for the environment variable.</param>
/// <param name="IsOurs">Whether the server may add keys there: true for DATA/root.key alone.</param>
internal sealed record RootKeySource(string? File, bool IsOurs)
{
    /// <summary>Name of the file in the data folder.</summary>
    public const string FileName = "root.key";

    /// <summary>The environment variable: entries as in the file, with semicolons or line ends between them.</summary>
    public const string Variable = "EVERGRANT_ROOT_KEYS";

    /// <summary>Name of the credential (systemd: LoadCredential=evergrant-root-keys:/path, or LoadCredentialEncrypted=).</summary>
    public const string Credential = "evergrant-root-keys";

    private const int MaxLength = 1 << 16;
    private const UnixFileMode OfOwner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Where people look for it.</summary>
    public string Place => File ?? "environment variable " + Variable;

    /// <summary>Finds the one place that has root keys.</summary>
    /// <exception cref="UnusableException">None has, or more than one has.</exception>
    public static RootKeySource Find(string folder, IDictionary environment)
    {
        string file = Path.Combine(folder, FileName);
        List<RootKeySource> found = [.. Elsewhere(environment)];
        if (System.IO.File.Exists(file)) found.Add(new(file, IsOurs: true));
        return found.Count switch
        {
            1 => found[0],
            0 => throw new UnusableException($"{file}: is not there; evergrant init makes it once, and a backup of the store is worth nothing without it"),
            _ => throw new UnusableException($"the root keys come from {string.Join(" and from ", found.Select(s => s.Place))}; keep one of them, so that it is certain which keys hold"),
        };
    }

    /// <summary>The places outside the data folder that have root keys.</summary>
    public static IEnumerable<RootKeySource> Elsewhere(IDictionary environment)
    {
        if (environment[Variable] is string { Length: > 0 }) yield return new(null, IsOurs: false);
        if (environment["CREDENTIALS_DIRECTORY"] is string { Length: > 0 } folder && Path.Combine(folder, Credential) is var path && System.IO.File.Exists(path)) yield return new(path, IsOurs: false);
    }

    /// <summary>Reads the keys.</summary>
    /// <exception cref="UnusableException">The file is open to others or cannot be read, or an entry is not what was written; the message holds nothing of a key.</exception>
    public SortedDictionary<int, byte[]> Read(IDictionary environment)
    {
        if (FaultOfFile() is { } fault) throw new UnusableException(fault);
        string text = File is null ? (string)environment[Variable]! : System.IO.File.ReadAllText(File);
        string[] entries = text.Split(File is null ? [';', '\n'] : ['\n']);
        var keys = new SortedDictionary<int, byte[]>();
        for (int i = 0; i < entries.Length; i++)
        {
            string entry = entries[i].Trim();
            if (entry.Length == 0 || entry[0] == '#') continue;
            if (Parse(entry) is not (int number, byte[] key) || !keys.TryAdd(number, key))
                throw new UnusableException(string.Create(CultureInfo.InvariantCulture, $"{Place} {(File is null ? "entry" : "line")} {i + 1}: is not a new number and 32 bytes in base64"));
        }
        return keys.Count > 0 ? keys : throw new UnusableException($"{Place}: holds no key");
    }

    /// <summary>Makes the file with one new key, mode 0600, durable before this returns. Does nothing when it is there.</summary>
    /// <returns>Whether it was made.</returns>
    public static bool Create(string folder)
    {
        string path = Path.Combine(folder, FileName);
        if (System.IO.File.Exists(path)) return false;
        PrivateFile.Write(path, Encoding.ASCII.GetBytes(NewEntry(1) + "\n"));
        return true;
    }

    /// <summary>Adds a new key to the file, durable before this returns.</summary>
    public void Add(int number)
    {
        string text = System.IO.File.ReadAllText(File!);
        PrivateFile.Write(File!, Encoding.ASCII.GetBytes((text.Length == 0 || text.EndsWith('\n') ? text : text + "\n") + NewEntry(number) + "\n"));
    }

    /// <summary>Takes a key out of the file.</summary>
    public void Remove(int number)
    {
        IEnumerable<string> kept = System.IO.File.ReadAllLines(File!).Where(line => Parse(line.Trim()) is not (int of, _) || of != number);
        PrivateFile.Write(File!, Encoding.ASCII.GetBytes(string.Concat(kept.Select(line => line + "\n"))));
    }

    /// <summary>A new key as it is written down.</summary>
    public static string NewEntry(int number)
    {
        byte[] key = RandomNumberGenerator.GetBytes(32);
        string entry = string.Create(CultureInfo.InvariantCulture, $"{number} {Convert.ToBase64String(key)}");
        CryptographicOperations.ZeroMemory(key);
        return entry;
    }

    // systemd gives a service its credentials by an access list, whose mask looks like the group's bits.
    private string? FaultOfFile()
    {
        if (File is null) return null;
        try
        {
            UnixFileMode open = OperatingSystem.IsWindows() ? 0 : System.IO.File.GetUnixFileMode(File) & ~OfOwner;
            if ((IsOurs ? open : open & ~UnixFileMode.GroupRead) != 0) return $"{File}: others may read it; chmod 600 it, and think about who has";
            using FileStream file = System.IO.File.OpenRead(File);
            return file.Length <= MaxLength ? null : $"{File}: is too long";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"{File}: cannot be read";
        }
    }

    private static (int Number, byte[] Key)? Parse(string entry)
    {
        int space = entry.IndexOf(' ');
        byte[] key = new byte[32];
        return space > 0 && int.TryParse(entry.AsSpan(0, space), NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number is >= 1 and <= ushort.MaxValue
            && Convert.TryFromBase64String(entry[(space + 1)..].Trim(), key, out int written) && written == 32 ? (number, key) : null;
    }
}
