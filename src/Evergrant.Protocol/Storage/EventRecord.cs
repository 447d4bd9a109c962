namespace Evergrant.Protocol.Storage;

/// <summary>What an operator can be told later about a refusal, a retry, a replay or a revocation.</summary>
public sealed record EventRecord
{
    /// <summary>Short reference as shown to the client, e.g. 7F3K-9Q2M; unique among the events that are kept.</summary>
    public required string Reference { get; init; }

    /// <summary>When it was decided.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Name of the decision: Refused, Replayed, Repeated, CaughtUp, Revoked, SignInFailed ….</summary>
    public required string Decision { get; init; }

    /// <summary>Name of the <see cref="Protocol.Refusal"/>; null when nothing was refused.</summary>
    public string? Refusal { get; init; }

    /// <summary>The OAuth error code on the wire; null when nothing was refused.</summary>
    public string? Error { get; init; }

    /// <summary>Folder word of the endpoint: Token, Authorize, Introspection ….</summary>
    public required string Endpoint { get; init; }

    /// <summary>Issuer; null when it was not known.</summary>
    public string? Issuer { get; init; }

    /// <summary>Client; null when it was not known.</summary>
    public string? ClientId { get; init; }

    /// <summary>Grant; null when none was found.</summary>
    public Guid? GrantId { get; init; }

    /// <summary>Generation that was presented; null for none.</summary>
    public long? Presented { get; init; }

    /// <summary>Generation of the row when it was decided; null for none.</summary>
    public long? Generation { get; init; }

    /// <summary>Policy that decided; null for none.</summary>
    public string? Policy { get; init; }

    /// <summary>Account id; null for none.</summary>
    public string? Subject { get; init; }
}
