using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Introspection;
using Evergrant.Protocol.Tests.Token;
using Evergrant.Protocol.Token;

namespace Evergrant.Protocol.Tests.Introspection;

public class IntrospectionTests
{
    private static readonly Grant Grant = Sample.Grant();
    private static readonly Client Api = Sample.Web with { ClientId = "api", MayIntrospect = true, Resources = [Sample.Notes] };

    private static IntrospectionDecision Decide(string text, Client caller)
    {
        PresentedToken token = PresentedToken.Read(text, Sample.Keys, new Jose.JwkSet([]), Sample.Issuer, Sample.Now)!;
        bool good = token.Resolve(Grant, Sample.Issuer, Sample.Keys, Sample.Now);
        return Protocol.Introspection.Introspection.Decide(good ? token : null, Grant, caller, Sample.Catalogue);
    }

    [Fact]
    [Requirement("RFC7662-2.1-04")]
    public void A_client_sees_its_own_tokens()
    {
        Assert.Equal("openid notes:read", Assert.IsType<Active>(Decide(PresentedTokenTests.Opaque(Grant, 5), Sample.Web)).Scope);
        Assert.Equal(Grant.Authorized.Scope, Assert.IsType<Active>(Decide(PresentedTokenTests.Refresh(Grant, 5), Sample.Web)).Scope);
    }

    [Fact]
    [Requirement("RFC7662-4-02", "RFC7662-2.2-04")]
    public void Another_client_sees_nothing_without_the_permission()
    {
        Assert.IsType<Inactive>(Decide(PresentedTokenTests.Opaque(Grant, 5), Api with { MayIntrospect = false }));
        Assert.IsType<Inactive>(Decide(PresentedTokenTests.Opaque(Grant, 5), Api with { Resources = [Sample.Files] }));
    }

    [Fact]
    [Requirement("RFC7662-2.2-06")]
    public void An_api_sees_of_a_token_what_is_its_own()
    {
        Assert.Equal("openid notes:read", Assert.IsType<Active>(Decide(PresentedTokenTests.Opaque(Grant, 5), Api)).Scope);
        AccessToken both = AccessTokenTests.Of with { Audience = [Sample.Notes, Sample.Files], Scope = "notes:read files:read" };
        string text = GrantCredential.Write(Sample.Keys, 1, CredentialKind.AccessToken, Grant, 5, both.ToBody());
        Assert.Equal("notes:read", Assert.IsType<Active>(Decide(text, Api)).Scope);
    }

    [Fact]
    public void Nobody_but_its_client_sees_a_refresh_token() => Assert.IsType<Inactive>(Decide(PresentedTokenTests.Refresh(Grant, 5), Api with { Resources = [] }));

    [Theory]
    [InlineData(StoreBehindReaction.CatchUp, true)]
    [InlineData(StoreBehindReaction.Refuse, false)]
    public void A_refresh_token_ahead_of_its_row_is_what_a_refresh_with_it_would_be(StoreBehindReaction reaction, bool active)
    {
        Client caller = Sample.Web with { Policy = GrantPolicy.Confidential with { OnStoreBehind = reaction } };
        Assert.Equal(active, Decide(PresentedTokenTests.Refresh(Grant, Grant.Generation + 1), caller) is Active);
        Assert.IsType<Active>(Decide(PresentedTokenTests.Refresh(Grant, Grant.Generation), caller));
    }

    [Fact]
    public void A_superseded_refresh_token_is_inactive() => Assert.IsType<Inactive>(Decide(PresentedTokenTests.Refresh(Grant, 4), Sample.Web));
}
