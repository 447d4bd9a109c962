namespace Evergrant.Protocol;

/// <summary>A refusal: what the client is told, and the name under which everybody else knows it.</summary>
/// <param name="Code">Registered error code, e.g. invalid_grant.</param>
/// <param name="Description">A constant of characters that RFC 6749 section 5.2 allows; never built from input.</param>
/// <param name="Refusal">The name in log, metric, event, test and docs/refusals.md.</param>
public sealed record OAuthError(string Code, string Description, Refusal Refusal)
{
    internal static OAuthError InvalidRequest(string description, Refusal refusal) => new("invalid_request", description, refusal);

    internal static OAuthError InvalidGrant(string description, Refusal refusal) => new("invalid_grant", description, refusal);

    internal static OAuthError InvalidClient(Refusal refusal) => new("invalid_client", "Client authentication failed.", refusal);

    internal static OAuthError InvalidScope(string description, Refusal refusal) => new("invalid_scope", description, refusal);

    internal static OAuthError InvalidTarget(string description, Refusal refusal) => new("invalid_target", description, refusal);
}
