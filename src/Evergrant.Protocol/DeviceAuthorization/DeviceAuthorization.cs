using Evergrant.Protocol.Authorize;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;
using Evergrant.Protocol.Token;

namespace Evergrant.Protocol.DeviceAuthorization;

/// <summary>What the server decides when a device begins.</summary>
public abstract record DeviceAuthorizationDecision
{
    /// <summary>Name of the decision.</summary>
    public string Name => GetType().Name;
}

/// <summary>A device code and a user code are handed out once the change is durable.</summary>
/// <param name="Grant">The new row, Requested; generation 0 is the device code.</param>
/// <param name="Change">Writes the row and the user code's handle.</param>
/// <param name="ExpiresIn">Life of both codes.</param>
public sealed record DeviceAuthorized(Grant Grant, Change Change, TimeSpan ExpiresIn) : DeviceAuthorizationDecision;

/// <summary>The device gets an error.</summary>
/// <param name="Error">The error.</param>
public sealed record DeviceRefused(OAuthError Error) : DeviceAuthorizationDecision;

/// <summary>The device authorization request (RFC 8628 section 3.1).</summary>
public static class DeviceAuthorization
{
    /// <summary>Seconds that a device waits between requests (section 3.2).</summary>
    public const int Interval = 5;

    private static readonly OAuthError NotAllowed = new("unauthorized_client", "The client may not use the device authorization grant.", Refusal.GrantTypeNotAllowed);
    private static readonly OAuthError Repeated = OAuthError.InvalidRequest("A parameter was sent more than once.", Refusal.ParameterRepeated);

    /// <summary>Decides.</summary>
    /// <param name="parameters">The form.</param>
    /// <param name="issuer">The issuer that was asked.</param>
    /// <param name="client">The authenticated client.</param>
    /// <param name="catalogue">The server's scopes and resources.</param>
    /// <param name="seed">What the row is made of.</param>
    /// <param name="handleKey">Key of the user code's handle.</param>
    /// <param name="note">Where the request came from, for the page on which the End-User is asked; null for nothing.</param>
    /// <param name="now">The instant of the decision.</param>
    public static DeviceAuthorizationDecision Decide(
        Parameters parameters, string issuer, Client client, ScopeCatalogue catalogue, GrantSeed seed, byte[] handleKey, string? note, DateTimeOffset now)
    {
        // Cross-device flows are off unless the client is registered for them (oauth-cross-device section 2).
        if (!client.GrantTypes.Contains(DeviceCodeGrant.Name)) return new DeviceRefused(NotAllowed);
        if (parameters.Repeated is not null) return new DeviceRefused(Repeated);
        AuthorizeRequest request = AuthorizeRequest.Read(parameters);
        if (DecoupledRequest.Judge(request, issuer, client, catalogue, out IReadOnlyList<string> scopes) is { } error) return new DeviceRefused(error);
        TimeSpan life = client.EffectivePolicy.DeviceCodeLifetime;
        Grant grant = DecoupledRequest.Open(request, issuer, client, null, scopes, seed, now + life, now);
        return new DeviceAuthorized(grant, new Together([new CreateGrant(grant), new AddHandle(new Handle(handleKey, HandleKind.UserCode, grant.Id, note, now + life))]), life);
    }
}
