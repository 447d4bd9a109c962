using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Keys;

namespace Evergrant.AspNetCore.Keys;

/// <summary>Keys that are kept outside the store. One purpose, one key: all are derived from root keys by HKDF with the purpose as label.</summary>
/// <remarks>Safe for concurrent use. Implementations never log or print what they hold.</remarks>
public interface IServerSecrets
{
    /// <summary>Keys of codes, refresh tokens and opaque access tokens, by number.</summary>
    CredentialKeys Credentials { get; }

    /// <summary>The 256-bit keys of a purpose, one from each root key. What they protect carries the number of its key.</summary>
    /// <remarks>To be asked each time: root keys come and go while the server runs.</remarks>
    /// <param name="purpose">Constant label, e.g. "interaction-ticket".</param>
    NumberedKeys Derive(string purpose);
}
