using System.Security.Cryptography;
using System.Text;
using Evergrant.AspNetCore.Keys;
using Evergrant.Protocol.Grants;

namespace Evergrant.Pages.Tests.Fakes;

/// <summary>Keys that are the same in each run.</summary>
internal sealed class FixedSecrets : IServerSecrets
{
    public CredentialKeys Credentials { get; } = new([KeyValuePair.Create(1, new byte[32])]);

    public byte[] Derive(string purpose) => SHA256.HashData(Encoding.UTF8.GetBytes(purpose));
}
