using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Revocation;
using Evergrant.Protocol.Storage;
using Evergrant.Protocol.Tests.Token;
using Evergrant.Protocol.Token;
using Refused = Evergrant.Protocol.Revocation.Refused;

namespace Evergrant.Protocol.Tests.Revocation;

public class RevocationTests
{
    private static RevocationDecision Decide(string text, Grant? grant, Client? client = null)
    {
        PresentedToken? token = PresentedToken.Read(text, Sample.Keys, new Jose.JwkSet([]), Sample.Issuer, Sample.Now);
        return Protocol.Revocation.Revocation.Decide(token, grant, Sample.Issuer, client ?? Sample.Web, Sample.Keys, Sample.Now);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(2)]
    [InlineData(9)]
    [Requirement("RFC7009-2-01")]
    public void A_refresh_token_of_any_generation_ends_its_grant(long generation)
    {
        Grant grant = Sample.Grant();
        Assert.Equal(new RevokeGrant(grant.Id, RevocationCause.RevokedByClient, Sample.Now), Assert.IsType<Revoked>(Decide(PresentedTokenTests.Refresh(grant, generation), grant)).Change);
    }

    [Fact]
    [Requirement("RFC7009-2-02")]
    public void An_access_token_dies_alone()
    {
        Grant grant = Sample.Grant();
        DenyAccessToken deny = Assert.IsType<DenyAccessToken>(Assert.IsType<Revoked>(Decide(PresentedTokenTests.Opaque(grant, 5), grant)).Change);
        Assert.Equal((32, AccessTokenTests.Of.ExpiresAt), (deny.TokenHash.Length, deny.ExpiresAt));
    }

    [Fact]
    [Requirement("RFC7009-2.2-01")]
    public void What_is_unknown_forged_or_revoked_before_is_nothing_to_revoke()
    {
        Grant grant = Sample.Grant();
        Assert.IsType<NothingToRevoke>(Decide("garbage", null));
        Assert.IsType<NothingToRevoke>(Decide(PresentedTokenTests.Refresh(grant, 5), null));
        Assert.IsType<NothingToRevoke>(Decide(PresentedTokenTests.Refresh(grant with { Salt = new byte[16] }, 5), grant));
        Assert.IsType<NothingToRevoke>(Decide(PresentedTokenTests.Refresh(grant, 5), grant with { State = GrantState.Revoked }));
    }

    [Fact]
    [Requirement("RFC7009-2.1-05")]
    public void Another_clients_token_is_refused_and_nothing_changes()
    {
        Grant grant = Sample.Grant();
        Assert.Equal(Refusal.TokenOfAnotherClient, Assert.IsType<Refused>(Decide(PresentedTokenTests.Refresh(grant, 5), grant, Sample.Native)).Error.Refusal);
        Assert.IsType<Refused>(Decide(PresentedTokenTests.Opaque(grant, 5), grant, Sample.Native));
    }
}
