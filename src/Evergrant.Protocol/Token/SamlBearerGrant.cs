using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Trust;

namespace Evergrant.Protocol.Token;

/// <summary>The SAML 2.0 bearer grant (RFC 7521 section 4.1, RFC 7522): as <see cref="JwtBearerGrant"/>, with an assertion in XML. No refresh token comes of it whatever is asked.</summary>
public static class SamlBearerGrant
{
    /// <summary>The grant_type value.</summary>
    public const string Name = "urn:ietf:params:oauth:grant-type:saml2-bearer";

    /// <summary>The assertion is not one (section 3.1).</summary>
    public static OAuthError Invalid { get; } = OAuthError.InvalidGrant("The assertion is not valid.", Refusal.AssertionInvalid);

    /// <summary>The assertion's time is over.</summary>
    public static OAuthError Expired { get; } = Invalid with { Refusal = Refusal.AssertionExpired };

    /// <summary>The assertion is for somebody else.</summary>
    public static OAuthError NotForUs { get; } = Invalid with { Refusal = Refusal.AssertionAudienceWrong };

    private static readonly OAuthError Stranger = Invalid with { Refusal = Refusal.AssertionIssuerUntrusted };
    private static readonly OAuthError NotForClient = Invalid with { Refusal = Refusal.AssertionClientNotAllowed };

    /// <summary>Whether a client may bring assertions of an issuer at all.</summary>
    /// <param name="trusted">The issuer, if it is trusted; null when it is not.</param>
    /// <param name="client">The authenticated client.</param>
    /// <returns>The error, or null.</returns>
    public static OAuthError? Admit(TrustedIssuer? trusted, Client client) =>
        trusted is null || !trusted.Uses.Contains(AssertionUse.Saml2Bearer) ? Stranger : JwtBearerGrant.MayNotUse(trusted, client) ? NotForClient : null;
}
