using Evergrant.Specs.OauthMultipleResponseTypes;

namespace Evergrant.Specs.Certification;

/// <summary>What one walk through the browser brought: the answer there, and that of the token endpoint where a code came.</summary>
/// <param name="Request">The request.</param>
/// <param name="Page">The answer of the authorization endpoint.</param>
/// <param name="Tokens">What the code brought; null without a code.</param>
internal sealed record FrontRun(AuthorizationRequest Request, Page Page, Tokens? Tokens)
{
    /// <summary>Response types of the implicit and hybrid plans with the two ways in which answers come: null for the fragment.</summary>
    public static TheoryData<string, string?> Every => Of("id_token", "id_token token", "code id_token", "code token", "code id_token token");

    /// <summary>Those with a code.</summary>
    public static TheoryData<string, string?> Hybrid => Of("code id_token", "code token", "code id_token token");

    /// <summary>Those whose answer through the browser has an ID Token.</summary>
    public static TheoryData<string, string?> WithIdToken => Of("id_token", "id_token token", "code id_token", "code id_token token");

    /// <summary>Those with an access token from either endpoint.</summary>
    public static TheoryData<string, string?> WithAccess => Of("id_token token", "code id_token", "code token", "code id_token token");

    /// <summary>The ID Token of the browser's answer; null when its type has none.</summary>
    public Jwt? Front => Page["id_token"] is { } text ? Jwt.Parse(text) : null;

    /// <summary>The first ID Token that came.</summary>
    public Jwt IdToken => Front ?? Tokens!.IdJwt;

    /// <summary>All access tokens that came.</summary>
    public IReadOnlyList<string> AccessTokens => [.. new[] { Page["access_token"], Tokens?.AccessToken }.OfType<string>()];

    /// <summary>A request of the plans' first client.</summary>
    public static async Task<AuthorizationRequest> New(FrontServer server, string type, string? mode, ClientDefinition? definition = null) =>
        (await server.Request(type, definition ?? PlanClients.FrontFirst)).With(("scope", "openid"), ("response_mode", mode));

    /// <summary>Walks to the end, in the shared browser of Alice or this one; fails the test unless the answer is of its type and comes in its way.</summary>
    public static async Task<FrontRun> Success(FrontServer server, AuthorizationRequest request, Browser? browser = null) =>
        await Finish(await (browser ?? await server.SignedIn()).Complete(request), request);

    /// <summary>Takes an answer, and redeems the code where one came.</summary>
    public static async Task<FrontRun> Finish(Page page, AuthorizationRequest request)
    {
        page.Expect(request["response_mode"] is null ? PageKind.Redirect : PageKind.FormPost);
        if (page.Location is { } location) Assert.StartsWith(request["redirect_uri"] + "#", location, StringComparison.Ordinal);
        var types = request["response_type"]!.Split(' ');
        Assert.Equal((types.Contains("code"), types.Contains("id_token"), types.Contains("token")), (page.Code is not null, page["id_token"] is not null, page["access_token"] is not null));
        Assert.Equal((request["state"], request.Client.Api.Issuer), (page["state"], page["iss"]));
        Assert.Null(page["refresh_token"]);
        return new FrontRun(request, page, page.Code is { } code ? Tokens.Of(await request.Client.Redeem(request, code)) : null);
    }

    private static TheoryData<string, string?> Of(params string[] types)
    {
        var data = new TheoryData<string, string?>();
        foreach (var type in types)
            foreach (var mode in new[] { null, "form_post" }) data.Add(type, mode);
        return data;
    }
}
