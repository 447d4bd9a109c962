using System.Security.Cryptography;
using System.Text;
using Evergrant.AspNetCore.Keys;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Keys;

namespace Evergrant.Pages.Tests.Fakes;

/// <summary>Keys that are the same in each run.</summary>
internal sealed class FixedSecrets : IServerSecrets
{
    public CredentialKeys Credentials { get; } = new([KeyValuePair.Create(1, new byte[32])]);

    public NumberedKeys Derive(string purpose) => new([KeyValuePair.Create(1, SHA256.HashData(Encoding.UTF8.GetBytes(purpose)))], 1);
}
