using System.Security.Cryptography;
using System.Text;
using Evergrant.Jose;
using Evergrant.Protocol.Keys;
using Evergrant.Protocol.Storage;

namespace Evergrant.Protocol.Binding;

/// <summary>Where a proof was shown.</summary>
/// <param name="Issuer">The issuer that was asked.</param>
/// <param name="Method">The HTTP method.</param>
/// <param name="Addresses">The URLs of the endpoint, as clients know them.</param>
/// <param name="AccessToken">The access token beside it; null at an endpoint that takes none.</param>
public sealed record DpopPlace(string Issuer, string Method, IReadOnlyList<string> Addresses, string? AccessToken = null);

/// <summary>What is said of the DPoP header of a request.</summary>
/// <param name="Key">The key that is proven; null when the proof is refused.</param>
/// <param name="Use">Uses the proof up: to be committed before anything is given for it. Conflict: it was used before. Null when it is refused.</param>
/// <param name="Nonce">Goes into the answer's DPoP-Nonce header; null for nothing.</param>
/// <param name="Error">The error; null when the proof holds.</param>
/// <param name="Fault">The rule that was broken, for the operator.</param>
public sealed record DpopJudgement(Confirmation? Key, UseAssertion? Use, string? Nonce, OAuthError? Error, JwtFault Fault)
{
    private static readonly OAuthError Invalid = new("invalid_dpop_proof", "The DPoP proof is not valid.", Refusal.DpopProofInvalid);
    private static readonly OAuthError NeedsNonce = new("use_dpop_nonce", "The DPoP proof needs the nonce of this server.", Refusal.DpopNonceNeeded);

    /// <summary>Judges the values of the DPoP header, of which there is at least one.</summary>
    /// <param name="values">The header's values.</param>
    /// <param name="place">Where it was shown.</param>
    /// <param name="algorithms">The signature algorithms that are accepted.</param>
    /// <param name="demandsNonce">Whether a proof without nonce is refused.</param>
    /// <param name="keys">Keys of <see cref="DpopNonce.Purpose"/>.</param>
    /// <param name="now">The instant.</param>
    public static DpopJudgement Of(IReadOnlyList<string?> values, DpopPlace place, IReadOnlyCollection<string> algorithms, bool demandsNonce, NumberedKeys keys, DateTimeOffset now)
    {
        // RFC 9449 section 4.3: not more than one header, and one proof in it.
        if (values.Count != 1 || values[0] is not { } text) return new(null, null, null, Invalid, JwtFault.NotAJws);
        var request = new DpopRequest(place.Method, place.Addresses, place.AccessToken, algorithms, demandsNonce, nonce => DpopNonce.IsGood(nonce, keys, place.Issuer, now), now);
        JwtVerdict<DpopProof> verdict = DpopProof.Judge(text, request);
        if (verdict.Fault == JwtFault.NonceWrong) return new(null, null, DpopNonce.Write(keys, place.Issuer, now), NeedsNonce, verdict.Fault);
        if (verdict.Value is not { } proof) return new(null, null, null, Invalid, verdict.Fault);
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes($"dpop\n{place.Issuer}\n{proof.Thumbprint}\n{place.Addresses[0]}\n{proof.JwtId}"));
        // Longer than any proof is accepted, by its nonce or by iat.
        var use = new UseAssertion(hash, now + DpopNonce.LongestLife);
        // Section 8.2: whoever uses nonces is told the next one before theirs has ended.
        string? next = proof.Nonce is null ? null : DpopNonce.Write(keys, place.Issuer, now);
        return new(new Confirmation(Confirmation.DpopKey, proof.Thumbprint), use, next == proof.Nonce ? null : next, null, JwtFault.None);
    }
}
