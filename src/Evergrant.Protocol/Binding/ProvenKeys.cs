using Evergrant.Jose;
using Evergrant.Protocol.Clients;

namespace Evergrant.Protocol.Binding;

/// <summary>The keys that a request proves to hold, besides the credentials of its client.</summary>
/// <param name="Dpop">The key of its DPoP proof (RFC 9449); null for none.</param>
/// <param name="Certificate">The certificate of its connection (RFC 8705); null for none, or where nobody needs to know.</param>
public sealed record ProvenKeys(Confirmation? Dpop, Confirmation? Certificate = null)
{
    /// <summary>None.</summary>
    public static ProvenKeys None { get; } = new((Confirmation?)null);

    /// <summary>Whether a key is among them.</summary>
    /// <param name="bound">What something is bound to.</param>
    public bool Include(Confirmation bound) => bound == Dpop || bound == Certificate;

    /// <summary>The key that an access token of this request is bound to; null for a bearer token. A proof is made for this very request, so it goes before the certificate.</summary>
    /// <param name="client">The authenticated client.</param>
    public Confirmation? For(Client client) => Dpop ?? (client.CertificateBoundAccessTokens ? Certificate : null);
}
