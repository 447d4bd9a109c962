using Evergrant.Protocol.Authorize;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.PushedAuthorization;
using Evergrant.Protocol.Storage;
using Evergrant.Protocol.Tests.Authorize;
using Decision = Evergrant.Protocol.PushedAuthorization.PushedAuthorization;

namespace Evergrant.Protocol.Tests.PushedAuthorization;

public class PushedAuthorizationTests
{
    private static readonly byte[] Random = [.. Enumerable.Range(0, PushedRequest.RandomLength).Select(i => (byte)i)];

    private static PushDecision Push(Client? client = null, AuthorizeDemands? demands = null, params (string Name, string? Value)[] changes) => Decision.Decide(
        new PushFacts
        {
            Form = Ask.Request(changes).Parameters, Issuer = Sample.Issuer, Client = client ?? Sample.Web, Catalogue = Sample.Catalogue, Demands = demands ?? AuthorizeDemands.None,
            Lifetime = TimeSpan.FromMinutes(1), PageLifetime = TimeSpan.FromHours(1), Now = Sample.Now,
        },
        Random);

    private static Handle HandleOf(PushDecision decision) => Assert.IsType<AddHandle>(Assert.IsType<Pushed>(decision).Change).Handle;

    [Fact]
    public void What_was_pushed_is_found_again_without_what_proved_the_client()
    {
        PushDecision decision = Push(changes: [("client_secret", "evs_secret"), ("client_assertion", "a.b.c"), ("client_assertion_type", "t"), ("nonce", "ä\"n")]);
        Handle handle = HandleOf(decision);
        Assert.Equal(PushedRequest.KeyOf(Sample.Issuer, ((Pushed)decision).RequestUri), handle.Key);
        Assert.Equal(Sample.Now.AddMinutes(61), handle.ExpiresAt);
        Assert.DoesNotContain("evs_secret", handle.Document, StringComparison.Ordinal);
        Assert.DoesNotContain("a.b.c", handle.Document, StringComparison.Ordinal);
        Assert.Null(PushedRequest.Find(handle, Sample.Issuer, "web", Sample.Now.AddSeconds(59), out PushedRequest? pushed));
        Assert.Equal(("ä\"n", true, false), (pushed!.Request.Nonce, pushed.Request.IsPushed, pushed.Request.IsSigned));
        Assert.Equal(Ask.Challenge, pushed.Request.Parameters["code_challenge"]);
    }

    [Fact]
    public void What_is_found_is_of_its_issuer_its_client_and_its_minute()
    {
        Handle handle = HandleOf(Push());
        Assert.Equal(Refusal.RequestUriUnknown, PushedRequest.Find(null, Sample.Issuer, "web", Sample.Now, out _)!.Refusal);
        Assert.Equal(Refusal.RequestUriUnknown, PushedRequest.Find(handle with { Kind = HandleKind.UserCode }, Sample.Issuer, "web", Sample.Now, out _)!.Refusal);
        Assert.Equal(Refusal.RequestUriUnknown, PushedRequest.Find(handle with { Document = "{" }, Sample.Issuer, "web", Sample.Now, out _)!.Refusal);
        Assert.Equal(Refusal.RequestUriUnknown, PushedRequest.Find(handle, "https://other.example", "web", Sample.Now, out _)!.Refusal);
        Assert.Equal(Refusal.RequestUriOfAnotherClient, PushedRequest.Find(handle, Sample.Issuer, "native", Sample.Now, out _)!.Refusal);
        Assert.Equal(Refusal.RequestUriExpired, PushedRequest.Find(handle, Sample.Issuer, "web", Sample.Now.AddMinutes(1), out _)!.Refusal);
    }

    [Theory]
    [InlineData("request_uri", "urn:x", Refusal.RequestUriPushed)]
    [InlineData("client_id", null, Refusal.ParameterMissing)]
    [InlineData("redirect_uri", "https://other.example/cb", Refusal.RedirectUriUnregistered)]
    [InlineData("code_challenge", null, Refusal.PkceRequired)]
    [InlineData("request", "a.b.c", Refusal.RequestObjectInvalid)]
    public void A_push_is_judged_like_a_request(string name, string? value, Refusal refusal) => Assert.Equal(refusal, Assert.IsType<PushRefused>(Push(changes: (name, value))).Error.Refusal);

    [Fact]
    public void A_redirect_URI_of_this_request_alone_is_for_those_who_may()
    {
        Client free = Sample.Web with { UnregisteredRedirectUris = true };
        HandleOf(Push(free, changes: ("redirect_uri", "https://app.example/new")));
        Assert.IsType<PushRefused>(Push(free, changes: ("redirect_uri", "http://app.example/new")));
        Assert.IsType<PushRefused>(Push(free with { AuthenticationMethod = ClientAuthenticationMethod.None }, changes: ("redirect_uri", "https://app.example/new")));
    }

    [Fact]
    public void What_the_server_or_the_client_demands_holds()
    {
        var demands = new AuthorizeDemands(PushedRequests: true, SignedRequests: true);
        Assert.Equal(Refusal.RequestObjectRequired, Assert.IsType<PushRefused>(Push(demands: demands)).Error.Refusal);
        HandleOf(Push(demands: demands with { SignedRequests = false }));
        var plain = new AuthorizeFacts(Ask.Request(), Sample.Web, Sample.Catalogue);
        Assert.Equal(Refusal.PushRequired, AuthorizeRules.Judge(plain with { Demands = demands })!.Refusal);
        Assert.Equal(Refusal.PushRequired, AuthorizeRules.Judge(plain with { Client = Sample.Web with { RequirePushedAuthorizationRequests = true } })!.Refusal);
        Assert.Equal(Refusal.RequestObjectRequired, AuthorizeRules.Judge(plain with { Client = Sample.Web with { RequireSignedRequestObject = true } })!.Refusal);
    }
}
