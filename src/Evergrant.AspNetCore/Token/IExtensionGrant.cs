using Evergrant.Protocol;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Token;

namespace Evergrant.AspNetCore.Token;

/// <summary>A grant type that the host adds (RFC 6749 section 4.5). Register it with <c>AddExtensionGrant</c>; clients need its name in their grant_types. Called from many threads.</summary>
public interface IExtensionGrant
{
    /// <summary>The grant_type value: an absolute URI that no other grant has.</summary>
    string GrantType { get; }

    /// <summary>Decides a request of an authenticated client that is registered for the grant type.</summary>
    /// <param name="request">What was asked, and by whom.</param>
    /// <param name="cancellationToken">The client has gone.</param>
    /// <returns>What is to be issued, or the refusal. Scope, resources and policy are checked afterwards whatever it says.</returns>
    ValueTask<ExtensionAnswer> DecideAsync(ExtensionRequest request, CancellationToken cancellationToken);
}

/// <summary>A request for an extension grant.</summary>
/// <param name="Issuer">The issuer that was asked.</param>
/// <param name="Client">The authenticated client.</param>
/// <param name="Common">scope and resource parameters, read.</param>
/// <param name="Parameters">All parameters; none but resource and audience occurs twice.</param>
/// <param name="Catalogue">The server's scopes and resources.</param>
/// <param name="Now">The instant of the decision.</param>
public sealed record ExtensionRequest(string Issuer, Client Client, TokenRequest Common, Parameters Parameters, ScopeCatalogue Catalogue, DateTimeOffset Now);

/// <summary>What an extension grant says of a request.</summary>
public abstract record ExtensionAnswer
{
    /// <summary>Refuses.</summary>
    /// <param name="code">The error code, e.g. invalid_grant.</param>
    /// <param name="description">A constant of printable ASCII without quotation mark and backslash (RFC 6749 section 5.2), never built from input.</param>
    public static ExtensionAnswer Refuse(string code, string description) => new ExtensionRefused(new OAuthError(code, description, Refusal.ExtensionGrantRefused));

    /// <summary>Issues an access token, and a refresh token where the client's policy gives this grant type one.</summary>
    /// <param name="permission">For whom and for what.</param>
    public static ExtensionAnswer Permit(Permission permission) => new ExtensionPermitted(permission);
}

internal sealed record ExtensionRefused(OAuthError Error) : ExtensionAnswer;

internal sealed record ExtensionPermitted(Permission Permission) : ExtensionAnswer;
