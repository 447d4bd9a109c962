using System.Net;
using Evergrant.Protocol;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Token;

namespace Evergrant.AspNetCore.Token;

/// <summary>One grant type at the token endpoint: an entry of <see cref="GrantTypes"/>. It gathers what its decision looks at; the endpoint commits and answers.</summary>
internal interface IGrantType
{
    /// <summary>The grant_type value.</summary>
    string Name { get; }

    /// <summary>The parameter that a request cannot do without; null for none.</summary>
    string? Parameter { get; }

    /// <summary>The kind of our credential that is in <see cref="Parameter"/>, whose row the endpoint looks up; null where it is none of ours.</summary>
    CredentialKind? Credential { get; }

    /// <summary>Decides a request; called again, with the row as it is then, when somebody else was faster.</summary>
    /// <param name="context">What it may look at.</param>
    ValueTask<TokenDecision> DecideAsync(TokenContext context);
}

/// <summary>What the decision on a token request may look at.</summary>
/// <param name="Request">The parameters that are common to grants.</param>
/// <param name="Form">All parameters.</param>
/// <param name="Credential">The grant's own credential, as far as it can be read without the row; null when it cannot, or there is none.</param>
/// <param name="Grant">The row behind the credential; null for none.</param>
/// <param name="Site">The issuer that was asked.</param>
/// <param name="Client">The authenticated client, registered for the grant type.</param>
/// <param name="Catalogue">The server's scopes and resources.</param>
/// <param name="Now">The instant of the decision.</param>
/// <param name="From">Where the request came from; null when unknown.</param>
/// <param name="Aborted">The client has gone.</param>
internal readonly record struct TokenContext(
    TokenRequest Request, Parameters Form, GrantCredential? Credential, Grant? Grant, IssuerSite Site, Client Client, ScopeCatalogue Catalogue, DateTimeOffset Now, IPAddress? From, CancellationToken Aborted);
