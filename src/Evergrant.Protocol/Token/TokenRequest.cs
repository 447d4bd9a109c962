using Evergrant.Protocol.Binding;

namespace Evergrant.Protocol.Token;

/// <summary>The parameters of a token request, read and checked for syntax once (RFC 6749 sections 4.1.3, 4.4.2, 6; RFC 8707 section 2.2).</summary>
public sealed record TokenRequest
{
    /// <summary>grant_type.</summary>
    public required string GrantType { get; init; }

    /// <summary>scope as values; null when omitted.</summary>
    public IReadOnlyList<string>? Scopes { get; init; }

    /// <summary>All resource parameters, and audience as their alias, each once; empty for none.</summary>
    public IReadOnlyList<string> Resources { get; init; } = [];

    /// <summary>authorization_details; null when omitted.</summary>
    public string? Details { get; init; }

    /// <summary>code.</summary>
    public string? Code { get; init; }

    /// <summary>redirect_uri.</summary>
    public string? RedirectUri { get; init; }

    /// <summary>code_verifier.</summary>
    public string? CodeVerifier { get; init; }

    /// <summary>refresh_token.</summary>
    public string? RefreshToken { get; init; }

    /// <summary>device_code.</summary>
    public string? DeviceCode { get; init; }

    /// <summary>Random number of this request, no parameter: what it changes bears it (<see cref="Grants.Grant.Mark"/>).</summary>
    public long Mark { get; init; }

    /// <summary>The keys that the request proves to hold, no parameter.</summary>
    public ProvenKeys Proven { get; init; } = ProvenKeys.None;

    /// <summary>The same request with the keys that it proves.</summary>
    /// <param name="proven">The keys.</param>
    public TokenRequest With(ProvenKeys proven) => proven == ProvenKeys.None ? this : this with { Proven = proven, Mark = KeyedMark.Of(Mark, proven) };

    /// <summary>Reads the parameters.</summary>
    /// <param name="parameters">The form.</param>
    /// <param name="mark">Random number of this request.</param>
    /// <param name="request">The request.</param>
    /// <returns>The error, or null.</returns>
    public static OAuthError? Read(Parameters parameters, long mark, out TokenRequest? request)
    {
        request = null;
        if (parameters.Repeated is not null) return OAuthError.InvalidRequest("A parameter was sent more than once.", Refusal.ParameterRepeated);
        if (parameters["grant_type"] is not { } grantType) return OAuthError.InvalidRequest("The parameter grant_type is missing.", Refusal.ParameterMissing);
        IReadOnlyList<string>? scopes = null;
        if (parameters["scope"] is { } scope && !Scope.TryParse(scope, out scopes))
        {
            return OAuthError.InvalidScope("The scope is not a list of scope values with single spaces.", Refusal.ScopeInvalid);
        }
        IReadOnlyList<string> resources = parameters.Many("resource");
        IReadOnlyList<string> audiences = parameters.Many("audience");
        request = new TokenRequest
        {
            GrantType = grantType,
            Scopes = scopes,
            Resources = audiences.Count == 0 && resources.Count <= 1 ? resources : [.. resources.Concat(audiences).Distinct()],
            Details = parameters["authorization_details"],
            Code = parameters["code"],
            RedirectUri = parameters["redirect_uri"],
            CodeVerifier = parameters["code_verifier"],
            RefreshToken = parameters["refresh_token"],
            DeviceCode = parameters["device_code"],
            Mark = mark,
        };
        return null;
    }
}
