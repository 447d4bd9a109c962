namespace Evergrant.Specs.Rfc9126;

/// <summary>A server that takes only requests that were pushed and signed.</summary>
public sealed class DemandingServer : ProductionServer
{
    /// <inheritdoc/>
    protected override string? DemandedRequests => "required";
}
