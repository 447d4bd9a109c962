using Evergrant.Specs.Fapi2;
using Evergrant.Specs.Rfc9101;
using Evergrant.Specs.Rfc9126;
using Evergrant.Specs.Rfc9449;

namespace Evergrant.Specs.Certification;

/// <summary>How the clients of the FAPI 2.0 plans act: those of Message Signing sign what they push, and are answered with a JWT.</summary>
internal static class FapiRun
{
    /// <summary>The clients of a plan: the first one, and the one that must not get what is the first one's.</summary>
    public static (ClientDefinition First, ClientDefinition Second) Clients(bool signing) => signing ? (FapiClients.Signing, FapiClients.OtherSigning) : (FapiClients.Secure, FapiClients.Other);

    /// <summary>A request of the plan's first client.</summary>
    public static AuthorizationRequest New(RunningServer server, bool signing, ClientDefinition? definition = null) =>
        new AuthorizationRequest(server.Client(definition ?? Clients(signing).First)).With(("scope", "openid offline_access mail:read"), ("nonce", Pkce.Random(16)), ("response_mode", signing ? "jwt" : null));

    /// <summary>Pushes a request, signed where its mode says so.</summary>
    public static Task<Reply> Send(this AuthorizationRequest request, Client? by = null) => (request["response_mode"] == "jwt" ? request.InObject() : request).Push(by);

    /// <summary>Pushes a request and gives what a browser brings.</summary>
    public static async Task<AuthorizationRequest> Sent(this AuthorizationRequest request) => (await request.Send()).Bring(request.Client);

    /// <summary>A member of the authorization response, from the JWT where there is one; null when there is none.</summary>
    public static string? Told(this Page page, string name) => page["response"] is { } response ? Jwt.Parse(response).Claim(name) : page[name];

    /// <summary>Walks to a code in the shared browser of Alice.</summary>
    public static async Task<string> Code(this AuthorizationRequest request, RunningServer server)
    {
        var page = (await (await server.SignedIn()).Complete(await request.Sent())).Expect(PageKind.Redirect);
        Assert.True(page.Told("code") is not null, page.ToString());
        return page.Told("code")!;
    }

    /// <summary>Walks to tokens that are bound to a key.</summary>
    public static async Task<Tokens> Tokens(this AuthorizationRequest request, RunningServer server, DpopKey key)
    {
        var code = await request.Code(server);
        return Harness.Tokens.Of(await request.Client.With(key, server).Redeem(request, code)).IsBoundTo(key);
    }
}
