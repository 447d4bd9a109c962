using System.Net;
using System.Text.Json.Nodes;
using Evergrant.Specs.Rfc7591;

namespace Evergrant.Specs.ClientIdMetadata;

/// <summary>draft-ietf-oauth-client-id-metadata-document: clients that are named by the URL of their metadata.</summary>
[Collection<ClockCollection>]
public sealed class Section4_Documents(ClockServer server) : IAsyncLifetime
{
    private readonly DocumentServer documents = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => documents.DisposeAsync();

    [Fact]
    [Requirement("CIMD-4-02", "CIMD-4.5-01", "CIMD-6.4-01", "CIMD-4.4-01", "RFC9207-2-01")]
    public async Task A_client_is_what_its_document_says_and_the_page_names_its_host()
    {
        var client = Put();
        var browser = await server.NewSignedIn(Users.Alice);
        var page = await browser.Authorize(new AuthorizationRequest(client).With("scope", "openid offline_access"));

        Assert.Equal(PageKind.Consent, page.Kind);
        Assert.Contains("It is published at <strong>127.0.0.1</strong>", page.Html, StringComparison.Ordinal);
        Assert.Contains("Nobody here has checked this app", page.Html, StringComparison.Ordinal);
        Assert.Contains("Described", page.Html, StringComparison.Ordinal);

        var request = new AuthorizationRequest(client).With("scope", "openid offline_access");
        var tokens = Tokens.Of(await client.Redeem(request, await browser.Code(request)));
        var refreshed = Tokens.Of(await client.Refresh(tokens.RefreshToken!));
        Assert.NotNull(refreshed.AccessToken);
        // One fetch for all of it.
        Assert.Equal(1, documents.Hits(client.Id));
        Assert.True(page.Header("Content-Security-Policy")!.Contains("frame-ancestors 'none'", StringComparison.Ordinal));

        var elsewhere = await browser.Authorize(new AuthorizationRequest(client).With("redirect_uri", "https://evil.example/cb"));
        Assert.Equal(400, elsewhere.Status);
        Assert.Null(elsewhere.Location);
    }

    [Fact]
    [Requirement("CIMD-5-01")]
    public async Task Support_is_announced()
    {
        var metadata = (await server.Api.Metadata()).Json;
        Assert.True(metadata.GetProperty("client_id_metadata_document_supported").GetBoolean());
        Assert.Contains("none", metadata.GetProperty("token_endpoint_auth_methods_supported").EnumerateArray().Select(m => m.GetString()));
    }

    [Theory]
    [InlineData(204)]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(404)]
    [InlineData(500)]
    [Requirement("CIMD-4-03", "CIMD-4-04", "CIMD-4.3-01", "ATTACK-262", "ATTACK-267")]
    public async Task Only_a_document_that_comes_at_once_counts(int status)
    {
        var good = Put();
        var id = documents.Put(status == 204 ? "" : Metadata("x").ToJsonString(), status: status, headers: ("Location", good.Id));
        await Refused(id);
        Assert.Equal(0, documents.Hits(good.Id));
    }

    [Theory]
    [InlineData("client_id", "\"https://other.example/client\"")]
    [InlineData("client_id", null)]
    [InlineData("client_secret", "\"known to all\"")]
    [InlineData("client_secret_expires_at", "0")]
    [InlineData("token_endpoint_auth_method", "\"client_secret_basic\"")]
    [InlineData("token_endpoint_auth_method", "\"client_secret_post\"")]
    [InlineData("token_endpoint_auth_method", "\"client_secret_jwt\"")]
    [InlineData("token_endpoint_auth_method", "\"private_key_jwt\"")]
    [InlineData("redirect_uris", null)]
    [InlineData("redirect_uris", "[\"http://remote.example/cb\"]")]
    [InlineData("logo_uri", "\"javascript:alert(1)\"")]
    [Requirement("CIMD-4.1-01", "CIMD-4.1-02", "CIMD-4.1-03", "CIMD-4.4-02", "ATTACK-262")]
    public async Task A_document_that_may_not_be_is_refused_and_one_that_was_corrected_counts_at_once(string name, string? value)
    {
        var path = "/" + Pkce.Random(8);
        var metadata = Metadata(documents.Origin + path);
        documents.Put(metadata.With(name, value is null ? null : JsonNode.Parse(value)).ToJsonString(), path);
        await Refused(documents.Origin + path);

        documents.Put(metadata.ToJsonString(), path);
        Assert.Equal(PageKind.SignIn, (await server.NewBrowser().Authorize(new AuthorizationRequest(ClientOf(documents.Origin + path)))).Kind);
    }

    [Theory]
    [InlineData("application/json; charset=utf-8", true)]
    [InlineData("application/oauth-client-metadata+json", true)]
    [InlineData("text/html", false)]
    [InlineData("text/plain", false)]
    [Requirement("CIMD-4.1-04", "ATTACK-263")]
    public async Task A_document_is_JSON_by_its_type(string type, bool accepted)
    {
        var path = "/" + Pkce.Random(8);
        var id = documents.Put(Metadata(documents.Origin + path).ToJsonString(), path, type: type);
        if (!accepted) await Refused(id);
        else Assert.Equal(PageKind.SignIn, (await server.NewBrowser().Authorize(new AuthorizationRequest(ClientOf(id)))).Kind);
    }

    [Fact]
    [Requirement("CIMD-6.6-01", "ATTACK-263")]
    public async Task A_document_without_measure_or_end_is_refused()
    {
        var path = "/" + Pkce.Random(8);
        await Refused(documents.Put(Metadata(documents.Origin + path).ToJsonString() + new string(' ', 5 * 1024), path));
        await Refused(documents.Answer(null, async context =>
        {
            context.Response.ContentType = "application/json";
            context.Response.SendChunked = true;
            var line = new byte[1024];
            for (var i = 0; i < 10_000; i++) await context.Response.OutputStream.WriteAsync(line);
        }));
        var held = new TaskCompletionSource();
        await Refused(documents.Answer(null, _ => held.Task));
        held.SetResult();
    }

    [Theory]
    [InlineData("http://client.example/metadata")]
    [InlineData("https://client.example")]
    [InlineData("https://client.example/a/../metadata")]
    [InlineData("https://client.example/./metadata")]
    [InlineData("https://client.example/%2e%2e/metadata")]
    [InlineData("https://client.example/metadata#part")]
    [InlineData("https://user:password@client.example/metadata")]
    [InlineData("https://client.example/metadata?x=1")]
    [InlineData("https://client.example:22/metadata")]
    [InlineData("https://10.0.0.1/metadata")]
    [InlineData("https://[::ffff:10.0.0.1]/metadata")]
    [InlineData("https://169.254.169.254/latest/meta-data")]
    [InlineData("https://2130706433/metadata")]
    [InlineData("http://127.1/metadata")]
    [Requirement("CIMD-3-01", "CIMD-3-02", "CIMD-6.5-01", "ATTACK-259", "ATTACK-262")]
    public Task A_URL_that_may_not_name_a_client_is_refused(string id) => Refused(id);

    [Fact]
    [Requirement("ATTACK-270")]
    public Task The_server_asks_itself_nothing() => Refused(server.Issuer + "/authorize");

    [Fact]
    [Requirement("CIMD-6.5-02")]
    public async Task Keys_on_a_private_address_are_not_asked_for()
    {
        var path = "/" + Pkce.Random(8);
        var metadata = Metadata(documents.Origin + path).With("token_endpoint_auth_method", "private_key_jwt").With("jwks_uri", "https://10.0.0.1/jwks");
        var client = ClientOf(documents.Put(metadata.ToJsonString(), path), "private_key_jwt");
        (await client.Refresh("x")).Expect(401, "invalid_client");
    }

    [Fact]
    [Requirement("CIMD-6.2-01")]
    public async Task A_client_with_keys_proves_itself_each_time()
    {
        var path = "/" + Pkce.Random(8);
        var keys = documents.Put(ClientKeys.Public().ToJsonString());
        var metadata = Metadata(documents.Origin + path).With("token_endpoint_auth_method", "private_key_jwt").With("jwks_uri", keys);
        var id = documents.Put(metadata.ToJsonString(), path);
        (string, string)[] form = [("grant_type", "refresh_token"), ("refresh_token", "x")];
        (await server.Api.Post("/token", [.. form, ("client_id", id)])).Expect(401, "invalid_client");
        (await server.Api.Post("/token", [.. form, .. Client.Carrying(await Assertion(id))])).Expect(400, "invalid_grant");
    }

    [Fact]
    [Requirement("CIMD-4.4-01", "CIMD-6.3-01")]
    public async Task A_refresh_outlives_the_document_but_a_new_authorization_needs_it()
    {
        var client = Put();
        var browser = await server.NewSignedIn(Users.Alice);
        var request = new AuthorizationRequest(client).With("scope", "openid offline_access");
        var tokens = Tokens.Of(await client.Redeem(request, await browser.Code(request)));

        documents.Put("", new Uri(client.Id).AbsolutePath, status: 404);
        await server.Advance(TimeSpan.FromHours(2));
        tokens = Tokens.Of(await client.Refresh(tokens.RefreshToken!));
        Assert.NotNull(tokens.RefreshToken);
        await Refused(client.Id);
        await server.Advance(TimeSpan.FromDays(2));
        Tokens.Of(await client.Refresh(tokens.RefreshToken!));
    }

    [Fact]
    [Requirement("CIMD-6.3-01", "CIMD-4.4-01")]
    public async Task A_document_that_changed_is_read_when_its_cache_ends_and_the_person_is_asked_again()
    {
        var path = "/" + Pkce.Random(8);
        var metadata = Metadata(documents.Origin + path);
        var client = ClientOf(documents.Put(metadata.ToJsonString(), path, headers: ("Cache-Control", "max-age=120")));
        var browser = await server.NewSignedIn(Users.Alice);
        await browser.Code(new AuthorizationRequest(client));

        documents.Put(metadata.With("redirect_uris", new JsonArray("https://moved.example/callback")).ToJsonString(), path);
        Assert.NotEqual(400, (await browser.Authorize(new AuthorizationRequest(client))).Status);
        Assert.Equal(1, documents.Hits(client.Id));
        await server.Advance(TimeSpan.FromSeconds(121));
        Assert.Equal(400, (await browser.Authorize(new AuthorizationRequest(client))).Status);
        Assert.Equal(PageKind.Consent, (await browser.Authorize(new AuthorizationRequest(client).With("redirect_uri", "https://moved.example/callback"))).Kind);
        Assert.Equal(2, documents.Hits(client.Id));
    }

    private static JsonObject Metadata(string id) => new()
    {
        ["client_id"] = id, ["client_name"] = "Described", ["redirect_uris"] = new JsonArray("https://described.example/callback"), ["token_endpoint_auth_method"] = "none",
        ["grant_types"] = new JsonArray("authorization_code", "refresh_token"), ["scope"] = "openid profile offline_access",
    };

    private static ClientDefinition Definition(string id, string method) => new(id) { Method = method, Type = "native", RedirectUris = ["https://described.example/callback"], Consent = "ask" };

    private Client ClientOf(string id, string method = "none") => new(server.Api, Definition(id, method), null);

    private Client Put()
    {
        var path = "/" + Pkce.Random(8);
        return ClientOf(documents.Put(Metadata(documents.Origin + path).ToJsonString(), path));
    }

    private async Task<string> Assertion(string id)
    {
        var now = (await server.Api.PostJson("/dev/clock", """{"advance":"00:00:00.0010000"}""")).Expect(200).Json.GetProperty("now").GetDateTimeOffset().ToUnixTimeSeconds();
        return Jwt.Sign(new { iss = id, sub = id, aud = server.Issuer, jti = Pkce.Random(16), iat = now, exp = now + 60 }, "ES256", ClientKeys.Ec, "ec");
    }

    private async Task Refused(string id)
    {
        var page = await server.NewBrowser().Authorize(new AuthorizationRequest(ClientOf(id)));
        Assert.Equal((int)HttpStatusCode.BadRequest, page.Status);
        Assert.Null(page.Location);
        Assert.Empty(page.Forms);
    }
}
