using System.Security.Cryptography;
using Evergrant.Protocol.Token;

namespace Evergrant.AspNetCore.Keys;

/// <summary>Makes what a decision cannot make of a new grant.</summary>
internal static class GrantSeeds
{
    /// <summary>A fresh id, salt, and the number of the key in use.</summary>
    public static GrantSeed NewSeed(this IServerSecrets secrets, DateTimeOffset now) =>
        new(Guid.CreateVersion7(now), RandomNumberGenerator.GetBytes(16), secrets.Credentials.CurrentNumber);
}
