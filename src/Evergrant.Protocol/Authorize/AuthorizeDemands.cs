namespace Evergrant.Protocol.Authorize;

/// <summary>What the server demands of every authorization request, whoever the client is.</summary>
/// <param name="PushedRequests">Whether it was pushed (RFC 9126 section 5).</param>
/// <param name="SignedRequests">Whether it is a signed Request Object (RFC 9101 section 10.5).</param>
public sealed record AuthorizeDemands(bool PushedRequests = false, bool SignedRequests = false)
{
    /// <summary>Nothing.</summary>
    public static AuthorizeDemands None { get; } = new();
}
