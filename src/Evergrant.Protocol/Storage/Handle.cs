namespace Evergrant.Protocol.Storage;

/// <summary>What a handle leads to. The numbers are stored.</summary>
public enum HandleKind
{
    /// <summary>A user code (RFC 8628 section 3.2): to the grant that a device asked for.</summary>
    UserCode = 1,

    /// <summary>A request_uri (RFC 9126 section 2.2): to the authorization request that a client pushed.</summary>
    PushedRequest = 2,

    /// <summary>An initial access token (RFC 7591 section 3): to what a client may register with it.</summary>
    InitialAccessToken = 10,

    /// <summary>That a client which registered itself has been used lately: without it the client goes.</summary>
    ClientUse = 11,

    /// <summary>What is kept beside a request over the back channel that waits for its End-User (CIBA): by a hash of the grant's id.</summary>
    BackchannelRequest = 20,

    /// <summary>A grant_id (Grant Management): to the grant that it stands for now.</summary>
    ManagedGrant = 30,
}

/// <summary>Something short that stands for something stored: shown to a person or put in an address, kept as a hash only, and good for minutes.</summary>
/// <param name="Key">Hash of what was handed out, 32 bytes.</param>
/// <param name="Kind">What it leads to.</param>
/// <param name="GrantId">The grant; null for none.</param>
/// <param name="Document">What is kept with it, as text; null for nothing.</param>
/// <param name="ExpiresAt">End; the row may go then.</param>
public sealed record Handle(byte[] Key, HandleKind Kind, Guid? GrantId, string? Document, DateTimeOffset ExpiresAt);
