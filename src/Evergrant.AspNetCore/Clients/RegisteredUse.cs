namespace Evergrant.AspNetCore.Clients;

/// <summary>What the clients of one issuer are registered for, all together. A feature that is off by default is on where a client is registered for it.</summary>
internal sealed class RegisteredUse
{
    /// <summary>Of an issuer without clients.</summary>
    public static RegisteredUse None { get; } = new();

    /// <summary>Origins of scripts; those on loopback also without their port.</summary>
    public HashSet<string> Origins { get; private set; } = new(StringComparer.Ordinal);

    /// <summary>Grant types.</summary>
    public HashSet<string> GrantTypes { get; private set; } = new(StringComparer.Ordinal);

    /// <summary>Whether Request Objects are fetched from anybody.</summary>
    public bool RequestUris { get; set; }

    /// <summary>Whether a client may get assertions for other authorization servers.</summary>
    public bool CrossDomain { get; set; }

    /// <summary>Whether a client shares its sign-ins on a device with others.</summary>
    public bool NativeSso { get; set; }

    /// <summary>Whether a client manages its grants by name.</summary>
    public bool GrantManagement { get; set; }

    /// <summary>Whether a client encrypts its Request Objects.</summary>
    public bool EncryptedRequests { get; set; }

    /// <summary>What assertions of others may be used for.</summary>
    public HashSet<Protocol.Trust.AssertionUse> AssertionUses { get; private set; } = [];

    /// <summary>Whether a client asks for End-Users over the back channel.</summary>
    public bool Backchannel { get; set; }

    /// <summary>Response types.</summary>
    public HashSet<string> ResponseTypes { get; private set; } = new(StringComparer.Ordinal);

    /// <summary>A copy to add to: whoever reads this one is not disturbed.</summary>
    public RegisteredUse Copy()
    {
        var copy = (RegisteredUse)MemberwiseClone();
        copy.Origins = new(Origins, Origins.Comparer);
        copy.GrantTypes = new(GrantTypes, GrantTypes.Comparer);
        copy.ResponseTypes = new(ResponseTypes, ResponseTypes.Comparer);
        copy.AssertionUses = [.. AssertionUses];
        return copy;
    }
}
