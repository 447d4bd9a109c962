using Evergrant.Protocol.Authorize;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Sessions;
using Evergrant.Protocol.Token;

namespace Evergrant.Protocol.Tests.Authorize;

/// <summary>Authorization requests that are right but for what a test says.</summary>
internal static class Ask
{
    public const string Challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    public static AuthorizeRequest Request(params (string Name, string? Value)[] changes)
    {
        var pairs = new List<(string Name, string? Value)>
        {
            ("client_id", "web"), ("redirect_uri", Sample.Redirect), ("response_type", "code"), ("scope", "openid profile notes:read"), ("state", "s"),
            ("code_challenge", Challenge), ("code_challenge_method", "S256"),
        };
        pairs.RemoveAll(p => changes.Any(c => c.Name == p.Name));
        return AuthorizeRequest.Read(Sample.Form([.. pairs, .. changes]));
    }

    public static AuthorizationFacts Facts(AuthorizeRequest request, Client? client = null, params IReadOnlyList<Session> sessions) => new()
    {
        Request = request,
        Target = new AuthorizeTarget(client ?? Sample.Web, request.RedirectUri ?? Sample.Redirect, ResponseMode.Query),
        Issuer = Sample.Issuer,
        Catalogue = Sample.Catalogue,
        Sessions = sessions,
        StartedAt = Sample.Now,
        SubjectOf = account => account,
        Now = Sample.Now.AddSeconds(1),
    };

    public static AuthorizationDecision Decide(AuthorizationFacts facts) => Authorization.Decide(facts, () => new GrantSeed(Sample.Grant().Id, Sample.Grant().Salt, 1));

    public static Consent Given(string scopes, params string[] claims) => new()
    {
        Issuer = Sample.Issuer, Subject = "alice", ClientId = "web", Scopes = Scope.Split(scopes), Resources = [], Claims = claims, GivenAt = Sample.Now.AddDays(-1),
    };
}
