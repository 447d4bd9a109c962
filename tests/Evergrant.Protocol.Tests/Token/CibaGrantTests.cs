using Evergrant.Protocol.BackchannelAuthentication;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;
using Evergrant.Protocol.Token;

namespace Evergrant.Protocol.Tests.Token;

public sealed class CibaGrantTests
{
    private static readonly Client Polling = Sample.Web with { GrantTypes = [CibaGrant.Name, "refresh_token"], TokenDeliveryMode = TokenDeliveryMode.Poll };
    private static readonly Client Pushed = Polling with { TokenDeliveryMode = TokenDeliveryMode.Push, BackchannelNotificationEndpoint = "https://push.example/cb" };
    private static readonly Grant Waiting = Sample.Grant(Polling, 0) with { State = GrantState.Requested };
    private static readonly Grant Agreed = Sample.Grant(Polling, 0);

    [Fact]
    public void Before_an_answer_the_client_waits_and_afterwards_it_gets_its_tokens_once()
    {
        Assert.Equal("authorization_pending", Assert.IsType<Waiting>(Decide(Waiting)).Error.Code);
        Assert.Equal("slow_down", Assert.IsType<Waiting>(Decide(Waiting, tooFast: true)).Error.Code);
        Redeemed redeemed = Assert.IsType<Redeemed>(Decide(Agreed));
        Assert.Equal((1, GrantState.Active), (redeemed.Grant.Generation, redeemed.Grant.State));
        Replayed replayed = Assert.IsType<Replayed>(Decide(redeemed.Grant));
        Assert.Equal(RevocationCause.CodeReplayed, Assert.IsType<RevokeGrant>(replayed.Change).Why);
    }

    [Fact]
    public void Every_other_way_it_gets_none()
    {
        Assert.Equal("expired_token", Refused(Waiting with { IdleExpiresAt = Sample.Now }));
        Assert.Equal("access_denied", Refused(Waiting with { State = GrantState.Revoked, RevokedWhy = RevocationCause.DeniedByUser }));
        Assert.Equal("invalid_grant", Refused(Waiting with { State = GrantState.Revoked, RevokedWhy = RevocationCause.AccountRemoved }));
        Assert.Equal("invalid_grant", Refused(Agreed, client: Polling with { ClientId = "other" }));
        Assert.Equal("invalid_grant", Refused(Agreed, issuer: "https://other.example"));
        Assert.Equal("unauthorized_client", Refused(Agreed, client: Pushed));
        Assert.Equal("invalid_grant", ((Refused)CibaGrant.Decide(Request, null, null, Sample.Issuer, Polling, Sample.Catalogue, Sample.Keys, Sample.Now, false)).Error.Code);
    }

    [Fact]
    public void A_push_redeems_once_and_tells_the_same_again()
    {
        Redeemed first = Assert.IsType<Redeemed>(CibaGrant.Push(Agreed, Pushed, Sample.Catalogue, Sample.Keys, 7, Sample.Now));
        Repeated again = Assert.IsType<Repeated>(CibaGrant.Push(first.Grant, Pushed, Sample.Catalogue, Sample.Keys, 8, Sample.Now));
        Assert.Equal((first.RefreshGeneration, first.Grant.Generation), (again.RefreshGeneration, again.Grant.Generation));
        // The client has gone on: what it has now is newer.
        Assert.IsType<Refused>(CibaGrant.Push(first.Grant with { Generation = 2 }, Pushed, Sample.Catalogue, Sample.Keys, 9, Sample.Now));
    }

    [Fact]
    [Requirement("CIBA-4-10")]
    public void A_pairwise_client_without_redirect_URIs_is_known_by_the_endpoint_that_is_sent_its_tokens()
    {
        Client bare = Pushed with { RedirectUris = [], SubjectType = SubjectType.Pairwise };
        Assert.Equal("push.example", SubjectIdentifier.SectorOf(bare));
        Assert.Equal("sector.example", SubjectIdentifier.SectorOf(bare with { SectorIdentifierUri = "https://sector.example/list.json" }));
        Assert.Equal("keys.example", SubjectIdentifier.SectorOf(Polling with { RedirectUris = [], JwksUri = "https://keys.example/jwks" }));
        Assert.Equal("web", SubjectIdentifier.SectorOf(Polling with { RedirectUris = [], TokenDeliveryMode = TokenDeliveryMode.None }));
    }

    [Fact]
    public void News_and_notes_come_back_as_they_were_written()
    {
        var note = new BackchannelNote(DateTimeOffset.FromUnixTimeMilliseconds(1), "ä \"", "sealed", 3);
        Assert.Equal(note, BackchannelNote.Read(note.Write()));
        var news = new BackchannelNews(Agreed.Id, true, "sealed", 4);
        Assert.Equal(news, BackchannelNews.Read(news.Write()));
    }

    private static TokenRequest Request => new() { GrantType = CibaGrant.Name, Resources = [] };

    private static string Refused(Grant grant, Client? client = null, string issuer = Sample.Issuer) => Assert.IsType<Refused>(Decide(grant, false, client, issuer)).Error.Code;

    private static TokenDecision Decide(Grant grant, bool tooFast = false, Client? client = null, string issuer = Sample.Issuer) => CibaGrant.Decide(
        Request, Sample.Shown(grant, 0, CredentialKind.AuthRequest), grant, issuer, client ?? Polling, Sample.Catalogue, Sample.Keys, Sample.Now, tooFast);
}
