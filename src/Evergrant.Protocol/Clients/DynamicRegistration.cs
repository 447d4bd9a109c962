namespace Evergrant.Protocol.Clients;

/// <summary>What is known of a client that registered itself (RFC 7591), beside its metadata.</summary>
public sealed record DynamicRegistration
{
    /// <summary>SHA-256 of its registration access token; empty when it has none.</summary>
    public byte[] TokenHash { get; init; } = [];

    /// <summary>Whether nobody vouched for it: neither an initial access token nor a software statement. Its name is what it calls itself.</summary>
    public bool Open { get; init; }

    /// <summary>Grant types it may choose from, now and when it updates its registration.</summary>
    public IReadOnlyList<string> GrantTypes { get => field ?? []; init; } = [];

    /// <summary>The software statement it came with, byte for byte; null for none.</summary>
    public string? SoftwareStatement { get; init; }
}
