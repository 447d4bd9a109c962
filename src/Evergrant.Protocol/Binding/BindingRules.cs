using Evergrant.Jose;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;

namespace Evergrant.Protocol.Binding;

/// <summary>What is bound to a key, and who has to prove it (RFC 9449 sections 5, 10; RFC 8705 sections 3, 4).</summary>
public static class BindingRules
{
    private static readonly OAuthError ProofMissing = new("invalid_dpop_proof", "A DPoP proof is needed.", Refusal.DpopProofMissing);
    private static readonly OAuthError CertificateMissing = OAuthError.InvalidRequest("A client certificate is needed.", Refusal.CertificateMissing);
    private static readonly OAuthError GrantKey = OAuthError.InvalidGrant("The refresh token is not valid.", Refusal.KeyMismatch);
    private static readonly OAuthError CodeKey = OAuthError.InvalidGrant("The authorization code is not valid.", Refusal.KeyMismatch);

    private static readonly OAuthError AccessKey = new("invalid_token", "The access token is not valid.", Refusal.KeyMismatch);
    private static readonly OAuthError NotBound = new("invalid_token", "The access token is not valid.", Refusal.AccessTokenInvalid);
    private static readonly OAuthError Downgraded = new("invalid_token", "The access token is not valid.", Refusal.AccessTokenDowngraded);

    /// <summary>Signature algorithms of proofs.</summary>
    public static IReadOnlyList<string> Algorithms { get; } = SignatureAlgorithm.Asymmetric;

    /// <summary>Signature algorithms of a client's proofs: FAPI 2.0 leaves fewer (Security Profile section 5.4.1).</summary>
    /// <param name="client">The client; null when it is not known.</param>
    public static IReadOnlyList<string> AlgorithmsOf(Client? client) => client is { IsFapi: true } ? FapiProfile.Algorithms : Algorithms;

    /// <summary>Signature algorithms of proofs where a profile is kept.</summary>
    /// <param name="profile">The profile; null for none.</param>
    public static IReadOnlyList<string> AlgorithmsOf(Profile? profile) => profile is { IsFapi: true } ? FapiProfile.Algorithms : Algorithms;

    /// <summary>Whether a token request of a client proves what the client is registered to prove.</summary>
    /// <param name="client">The authenticated client.</param>
    /// <param name="proven">The keys that the request proves.</param>
    /// <returns>The error, or null.</returns>
    public static OAuthError? JudgeRequest(Client client, ProvenKeys proven)
    {
        if (client.DpopBoundAccessTokens && proven.Dpop is null) return ProofMissing;
        return client is { CertificateBoundAccessTokens: true, BearerWithoutCertificate: false } && proven.For(client) is null ? CertificateMissing : null;
    }

    /// <summary>Whether a request proves the key that a grant is bound to (docs/grants.md, row 4).</summary>
    /// <param name="grant">The row.</param>
    /// <param name="proven">The keys that the request proves.</param>
    /// <returns>The error, or null.</returns>
    public static OAuthError? JudgeGrant(Grant grant, ProvenKeys proven)
    {
        if (grant.BoundKey is null) return null;
        Confirmation? bound = Confirmation.Read(grant.BoundKey);
        if (bound is not null && proven.Include(bound)) return null;
        // invalid_grant says that the token is of no use any more; with a proof it is.
        return bound is { IsDpop: true } && proven.Dpop is null ? ProofMissing : GrantKey;
    }

    /// <summary>Whether a lost answer is asked for with the key that was used first. Where the first request proved none, a retry that does is another's.</summary>
    /// <param name="grant">The row.</param>
    /// <param name="proven">The keys that the request proves.</param>
    /// <returns>The error, or null.</returns>
    public static OAuthError? JudgeRetry(Grant grant, ProvenKeys proven) => proven.Dpop is null || KeyedMark.IsOf(grant.Mark, proven.Dpop) ? null : GrantKey;

    /// <summary>Whether a request proves the key that an authorization code is bound to (RFC 9449 section 10).</summary>
    /// <param name="authorized">What was authorized.</param>
    /// <param name="proven">The keys that the request proves.</param>
    /// <returns>The error, or null.</returns>
    public static OAuthError? JudgeCode(Authorized authorized, ProvenKeys proven)
    {
        if (authorized.DpopKey is not { } key) return null;
        return proven.Dpop is null ? ProofMissing : proven.Dpop.Thumbprint == key ? null : CodeKey;
    }

    /// <summary>Whether an access token came by the scheme that goes with its binding (RFC 9449 sections 7.1, 7.2).</summary>
    /// <param name="bound">What the token is bound to; null for a bearer token.</param>
    /// <param name="byDpop">Whether the scheme was DPoP.</param>
    /// <returns>The error, or null.</returns>
    public static OAuthError? JudgeScheme(Confirmation? bound, bool byDpop) =>
        bound is { IsDpop: true } == byDpop ? null : byDpop ? NotBound : Downgraded;

    /// <summary>Whether a request proves the key that its access token is bound to.</summary>
    /// <param name="bound">What the token is bound to; null for a bearer token.</param>
    /// <param name="proven">The keys that the request proves.</param>
    /// <returns>The error, or null.</returns>
    public static OAuthError? JudgeAccess(Confirmation? bound, ProvenKeys proven) =>
        bound is null || proven.Include(bound) ? null : bound.IsDpop && proven.Dpop is null ? ProofMissing : AccessKey;

    /// <summary>The key that a grant is bound to when it is redeemed. A confidential client's refresh tokens are bound to its credentials, so that it may change its key (RFC 9449 section 5).</summary>
    /// <param name="client">The authenticated client.</param>
    /// <param name="proven">The keys that the request proves.</param>
    /// <returns><see cref="Grant.BoundKey"/>; null for none.</returns>
    public static string? KeyOfGrant(Client client, ProvenKeys proven) => client.IsPublic ? proven.For(client)?.Text : null;
}
