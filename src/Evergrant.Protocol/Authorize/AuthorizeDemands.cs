namespace Evergrant.Protocol.Authorize;

/// <summary>What the server demands of every authorization request, whoever the client is.</summary>
/// <param name="PushedRequests">Whether it was pushed (RFC 9126 section 5).</param>
/// <param name="SignedRequests">Whether it is a signed Request Object (RFC 9101 section 10.5).</param>
public sealed record AuthorizeDemands(bool PushedRequests = false, bool SignedRequests = false)
{
    /// <summary>Whether prompt=create is refused, because people do not make accounts for themselves here (Initiating User Registration via OpenID Connect section 4.1).</summary>
    public bool RefusesCreate { get; init; } = true;

    /// <summary>Whether every request says what becomes of the grant (Grant Management section 7.1, grant_management_action_required).</summary>
    public bool GrantActions { get; init; }

    /// <summary>Nothing.</summary>
    public static AuthorizeDemands None { get; } = new();
}
