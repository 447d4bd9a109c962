using Evergrant.Protocol.Grants;

namespace Evergrant.Faults.Hooks;

/// <summary>What the present request asks, read beside the server.</summary>
/// <param name="Path">Path of the endpoint.</param>
/// <param name="ClientId">The client that it names; null for none.</param>
/// <param name="Credential">The code or refresh token that it shows, if it is one of ours.</param>
internal sealed record Asked(string Path, string? ClientId, GrantCredential? Credential)
{
    private static readonly AsyncLocal<Asked?> Slot = new();

    /// <summary>Of the request that is being served here; null outside one.</summary>
    public static Asked? Now
    {
        get => Slot.Value;
        set => Slot.Value = value;
    }

    /// <summary>The refresh token to put into the answer in place of the server's; null leaves it.</summary>
    public string? Instead { get; set; }

    /// <summary>Generation of the refresh token that is shown at the token endpoint; null for none.</summary>
    public long? Refreshed => Path.EndsWith("/token", StringComparison.Ordinal) && Credential?.Kind == CredentialKind.RefreshToken ? Credential.Generation : null;

    /// <summary>Whether a code is redeemed.</summary>
    public bool IsCode => Credential?.Kind == CredentialKind.Code;
}
