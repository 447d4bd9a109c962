using Evergrant.Protocol.Grants;

namespace Evergrant.Protocol.EndSession;

/// <summary>A client that an End-User has signed in to in a session. Who they are is told by the grants that were authorized in it: nothing else is kept.</summary>
/// <param name="Issuer">Issuer at which the client is registered.</param>
/// <param name="ClientId">The client.</param>
/// <param name="SessionId">Public id of the session, the sid that the client knows.</param>
public sealed record Participant(string Issuer, string ClientId, string SessionId)
{
    /// <summary>The clients of grants, each once for a session. A grant that nobody has agreed to yet, or that is no OpenID Connect one, signs nobody in.</summary>
    /// <param name="grants">Grants in any state: a client whose tokens have ended may have a session of its own still.</param>
    public static IReadOnlyList<Participant> Of(IEnumerable<Grant> grants) =>
    [
        .. grants.Where(g => g.State != GrantState.Requested && g.Authorized.SessionId is not null && Scope.Contains(g.Authorized.Scope, Scope.OpenId))
            .Select(g => new Participant(g.Issuer, g.ClientId, g.Authorized.SessionId!)).Distinct(),
    ];
}
