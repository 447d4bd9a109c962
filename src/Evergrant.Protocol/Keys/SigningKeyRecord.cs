namespace Evergrant.Protocol.Keys;

/// <summary>A signing key of an issuer as it is stored: its life is written when it is made, so that every node reads the same.</summary>
public sealed record SigningKeyRecord
{
    /// <summary>Issuer.</summary>
    public required string Issuer { get; init; }

    /// <summary>Random kid.</summary>
    public required string KeyId { get; init; }

    /// <summary>JWS algorithm, e.g. ES256; of a key for encryption a JWE algorithm.</summary>
    public required string Algorithm { get; init; }

    /// <summary>Whether it opens what clients have encrypted, and signs nothing: its algorithm is one of JWE then.</summary>
    public bool IsForEncryption => Jose.JweAlgorithm.KeyManagement.Contains(Algorithm);

    /// <summary>PKCS#8, wrapped by a key that is kept outside the store.</summary>
    public required byte[] WrappedKey { get; init; }

    /// <summary>Number of the root key that wraps it; null: it was wrapped before root keys were numbered, by the lowest.</summary>
    public int? KeyNumber { get; init; }

    /// <summary>The public key as a JWK in JSON.</summary>
    public required string PublicJwk { get; init; }

    /// <summary>From here on it is in the JWK Set.</summary>
    public required DateTimeOffset AnnouncedAt { get; init; }

    /// <summary>From here on it may sign: every reader of the JWK Set has had time to see it.</summary>
    public required DateTimeOffset SignsFrom { get; init; }

    /// <summary>From here on it signs no more.</summary>
    public required DateTimeOffset RetiresAt { get; init; }

    /// <summary>From here on it is no longer in the JWK Set.</summary>
    public required DateTimeOffset GoneAt { get; init; }

    /// <summary>When an operator withdrew it: it neither signs nor is it published from then on; null while it stands.</summary>
    public DateTimeOffset? WithdrawnAt { get; init; }
}
