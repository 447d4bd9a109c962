using Evergrant.Jose;
using Evergrant.Protocol.Clients;

namespace Evergrant.Protocol.Binding;

/// <summary>The keys that a request proves to hold, besides the credentials of its client.</summary>
/// <param name="Dpop">The key of its DPoP proof (RFC 9449); null for none.</param>
public sealed record ProvenKeys(Confirmation? Dpop)
{
    /// <summary>None.</summary>
    public static ProvenKeys None { get; } = new((Confirmation?)null);

    /// <summary>Whether a key is among them.</summary>
    /// <param name="bound">What something is bound to.</param>
    public bool Include(Confirmation bound) => bound == Dpop;

    /// <summary>The key that an access token of this request is bound to; null for a bearer token.</summary>
    /// <param name="client">The authenticated client.</param>
    public Confirmation? For(Client client)
    {
        _ = client;
        return Dpop;
    }
}
