namespace Evergrant.Protocol.Grants;

/// <summary>Where a grant stands in its life. The numbers are stored.</summary>
public enum GrantState
{
    /// <summary>Authorized, not yet redeemed: generation 0 is the authorization code, or the device code whose End-User has agreed.</summary>
    Pending = 0,

    /// <summary>Redeemed: generation n is the n-th refresh token.</summary>
    Active = 1,

    /// <summary>Ended for good by a cause that the row names.</summary>
    Revoked = 2,

    /// <summary>Asked for by a device or a back channel, and not yet answered by the End-User: generation 0 is the device code.</summary>
    Requested = 3,
}
