using System.Text.Json.Nodes;
using Evergrant.Specs.Rfc9126;

namespace Evergrant.Specs.Fapi2;

/// <summary>A server whose own profile is that of FAPI 2.0: of clients that name none, and of what it announces and how it speaks TLS.</summary>
public sealed class FapiServer : ProductionServer
{
    /// <summary>Names no profile and has the server's.</summary>
    public static ClientDefinition Unnamed { get; } = FapiClients.Signing with { Id = "fapi-unnamed", Further = null };

    /// <inheritdoc/>
    protected override string? DemandedRequests => "required";

    /// <inheritdoc/>
    protected override string? Profile => "fapi2_message_signing";

    /// <inheritdoc/>
    protected override string Declared
    {
        get
        {
            var all = JsonNode.Parse(base.Declared)!.AsObject();
            all["clients"] = new JsonArray(Unnamed.ToJson(Issuer), FapiClients.Ciba.ToJson(Issuer));
            return all.ToJsonString();
        }
    }

    /// <summary>A browser of its own in which Alice has answered a request of the client.</summary>
    public async Task<Page> SignIn(AuthorizationRequest request)
    {
        var browser = NewBrowser();
        var page = (await browser.Authorize((await Rfc9101.Signing.InObject(request).Push()).Bring(request.Client))).Expect(PageKind.SignIn);
        return await browser.SignIn(page, Users.Alice.Username, Users.Alice.Password);
    }
}
