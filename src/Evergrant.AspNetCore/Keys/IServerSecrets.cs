using Evergrant.Protocol.Grants;

namespace Evergrant.AspNetCore.Keys;

/// <summary>Keys that are kept outside the store. One purpose, one key: all are derived from root keys by HKDF with the purpose as label.</summary>
/// <remarks>Safe for concurrent use. Implementations never log or print what they hold.</remarks>
public interface IServerSecrets
{
    /// <summary>Keys of codes, refresh tokens and opaque access tokens, by number.</summary>
    CredentialKeys Credentials { get; }

    /// <summary>Derives a 256-bit key from the first root key (the lowest number): what it protects carries no key number, so it must stay the same when a root key is added.</summary>
    /// <param name="purpose">Constant label, e.g. "interaction-ticket".</param>
    byte[] Derive(string purpose);
}
