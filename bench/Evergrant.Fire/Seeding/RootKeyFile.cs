using System.Globalization;
using Evergrant.Protocol.Grants;

namespace Evergrant.Fire.Seeding;

/// <summary>The root keys of a server as its operator has them: DATA/root.key, lines of a number, a space and 32 bytes in base64.</summary>
internal static class RootKeyFile
{
    /// <summary>Reads the keys that make and check credentials.</summary>
    public static CredentialKeys Read(string folder) => new(File.ReadLines(Path.Combine(folder, "root.key")).Where(line => line.Length > 0 && line[0] != '#').Select(line =>
    {
        string[] parts = line.Split(' ');
        return new KeyValuePair<int, byte[]>(int.Parse(parts[0], CultureInfo.InvariantCulture), Convert.FromBase64String(parts[1]));
    }));
}
