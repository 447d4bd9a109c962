namespace Evergrant.Jose;

/// <summary>Why a JWT is refused, in the order in which the rules are looked at: the first that applies is the one reported.</summary>
public enum JwtFault
{
    /// <summary>None: the JWT holds.</summary>
    None,

    /// <summary>Longer than <see cref="CompactJws.MaxLength"/>; not read.</summary>
    TooLong,

    /// <summary>Not three parts of canonical base64url, or a header that cannot be read.</summary>
    NotAJws,

    /// <summary>The header has <c>crit</c> or <c>b64</c> (RFC 7515 §4.1.11, RFC 7797).</summary>
    CriticalHeader,

    /// <summary>Another kind of JWT (RFC 8725 §3.11).</summary>
    WrongType,

    /// <summary>Not one of the algorithms that are accepted here; <c>none</c> and the HMAC algorithms never are (RFC 8725 §3.1).</summary>
    AlgorithmNotAllowed,

    /// <summary>No key of the set goes with the header's <c>kid</c> and <c>alg</c>.</summary>
    KeyUnknown,

    /// <summary>The signature is not that of the key.</summary>
    SignatureInvalid,

    /// <summary>Signed, but the payload is not a strict JSON object.</summary>
    ClaimsNotJson,

    /// <summary><c>iss</c> is another, compared octet by octet.</summary>
    IssuerWrong,

    /// <summary><c>sub</c> is not what the profile demands.</summary>
    SubjectWrong,

    /// <summary><c>aud</c> does not name the recipient, or names others besides where only one is allowed.</summary>
    AudienceWrong,

    /// <summary>At or after <c>exp</c> (RFC 7519 §4.1.4).</summary>
    Expired,

    /// <summary>Before <c>nbf</c> (RFC 7519 §4.1.5).</summary>
    NotYetValid,

    /// <summary><c>iat</c> is in the future.</summary>
    IssuedInTheFuture,

    /// <summary><c>exp</c> is further ahead than the profile allows.</summary>
    LifetimeTooLong,

    /// <summary>A proof for another request: another method, address or access token (RFC 9449 §4.3); the verdict names the claim.</summary>
    RequestWrong,

    /// <summary>No nonce where one is demanded, or not one that was given out a short time ago (RFC 9449 §8).</summary>
    NonceWrong,

    /// <summary>A claim that the profile requires is absent; the verdict names it.</summary>
    ClaimMissing,

    /// <summary>A claim has the wrong JSON type or is out of bounds; the verdict names it.</summary>
    ClaimMalformed,
}
