using System.Security.Cryptography;
using System.Text;

namespace Evergrant.Protocol.Grants;

/// <summary>The numbered keys that make and check grant credentials; kept outside the store.</summary>
public sealed class CredentialKeys
{
    private readonly Dictionary<int, CredentialKey> _keys = [];

    /// <summary>Takes the keys.</summary>
    /// <param name="roots">Number (1 to 65535) and root key of at least 32 bytes.</param>
    /// <param name="current">Number of the key that makes new credentials; null takes the highest.</param>
    /// <exception cref="ArgumentException">No key, a number out of range, a short key, or the current one is not there.</exception>
    public CredentialKeys(IEnumerable<KeyValuePair<int, byte[]>> roots, int? current = null)
    {
        foreach ((int number, byte[] root) in roots)
        {
            if (number is < 1 or > ushort.MaxValue || root.Length < 32) throw new ArgumentException("A credential key has a number from 1 to 65535 and at least 32 bytes.", nameof(roots));
            _keys[number] = new CredentialKey(number, Derive(root, "grant-credential/tag"), Derive(root, "grant-credential/check"), Derive(root, "sealed-access-token"));
        }
        if (_keys.Count == 0) throw new ArgumentException("At least one credential key is needed.", nameof(roots));
        Current = _keys.GetValueOrDefault(current ?? _keys.Keys.Max()) ?? throw new ArgumentException("The current key is not among the keys.", nameof(current));
    }

    /// <summary>The key that makes new generations.</summary>
    internal CredentialKey Current { get; }

    /// <summary>Number of the key that makes new generations.</summary>
    public int CurrentNumber => Current.Number;

    internal CredentialKey? Find(int number) => _keys.GetValueOrDefault(number);

    private static byte[] Derive(byte[] root, string label) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, root, 32, info: Encoding.ASCII.GetBytes("evergrant/1/" + label));
}

/// <summary>One numbered key, split by purpose.</summary>
internal sealed record CredentialKey(int Number, byte[] Tag, byte[] Check, byte[] Seal)
{
    /// <summary>Tells nothing.</summary>
    public override string ToString() => "***";
}
