using Evergrant.Protocol.Clients;
using Evergrant.Protocol.EndSession;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Sessions;

namespace Evergrant.Protocol.Tests.EndSession;

public sealed class LogoutTests
{
    private const string Out = "https://app.example/out";

    private static readonly Client Leaving = Sample.Web with { PostLogoutRedirectUris = [Out] };
    private static readonly Session Alice = Sample.Session();
    private static readonly Session Bob = Sample.Session("bob");
    private static readonly HintedSession Hint = new("web", "alice", Alice.Id, true);

    [Fact]
    public void A_hint_of_the_session_ends_it_and_no_other()
    {
        LoggedOut done = Assert.IsType<LoggedOut>(Decide(Hint, [Bob, Alice], ("post_logout_redirect_uri", Out), ("state", "s"), ("id_token_hint", "h")));
        Assert.Equal(["alice"], done.Sessions.Select(s => s.Subject));
        Assert.Equal(Out + "?state=s", done.Target);
    }

    [Fact]
    public void A_hint_without_sid_means_the_session_of_its_subject()
    {
        LoggedOut done = Assert.IsType<LoggedOut>(Decide(Hint with { SessionId = null }, [Bob, Alice], ("id_token_hint", "h")));
        Assert.Equal(["alice"], done.Sessions.Select(s => s.Subject));
        Assert.Null(done.Target);
    }

    [Theory]
    [InlineData("alice", "other", true, "alice")]
    [InlineData("carol", "other", true, "bob alice")]
    [InlineData("alice", "sid-alice", false, "alice")]
    public void Whatever_does_not_fit_is_asked_about(string subject, string session, bool trusted, string asked)
    {
        var hint = new HintedSession("web", subject, session, trusted);
        LogoutPrompted prompted = Assert.IsType<LogoutPrompted>(Decide(hint, [Bob, Alice], ("id_token_hint", "h")));
        Assert.Equal(asked, string.Join(' ', prompted.Sessions.Select(s => s.Subject)));
        LoggedOut done = Assert.IsType<LoggedOut>(Logout.Decide(Facts(hint, [Bob, Alice], ("id_token_hint", "h")) with { Confirmed = true }));
        Assert.Equal(asked, string.Join(' ', done.Sessions.Select(s => s.Subject)));
    }

    [Fact]
    public void Without_a_hint_those_whom_logout_hint_names_are_asked_about_or_else_all()
    {
        Assert.Equal(2, Assert.IsType<LogoutPrompted>(Decide(null, [Bob, Alice])).Sessions.Count);
        LogoutFacts facts = Facts(null, [Bob, Alice], ("logout_hint", "alice")) with { Named = [Alice.Id] };
        Assert.Equal(["alice"], Assert.IsType<LogoutPrompted>(Logout.Decide(facts)).Sessions.Select(s => s.Subject));
    }

    [Fact]
    public void Where_nobody_is_signed_in_only_a_good_hint_leads_on()
    {
        (string, string?)[] request = [("id_token_hint", "h"), ("post_logout_redirect_uri", Out)];
        Assert.Equal(Out, Assert.IsType<LoggedOut>(Decide(Hint, [], request)).Target);
        Assert.Null(Assert.IsType<LoggedOut>(Decide(Hint with { IsTrusted = false }, [], request)).Target);
        Assert.Null(Assert.IsType<LoggedOut>(Decide(null, [], ("client_id", "web"), ("post_logout_redirect_uri", Out))).Target);
    }

    [Theory]
    [InlineData(Refusal.IdTokenHintInvalid, "id_token_hint=x")]
    [InlineData(Refusal.PostLogoutRedirectUriUnregistered, "client_id=web", "post_logout_redirect_uri=https://app.example/out/")]
    [InlineData(Refusal.ParameterRepeated, "state=a", "state=b")]
    public void What_is_wrong_leads_nowhere(Refusal expected, params string[] parameters) =>
        Assert.Equal(expected, Assert.IsType<LogoutRefused>(Decide(null, [Alice], [.. parameters.Select(p => p.Split('=')).Select(p => (p[0], (string?)p[1]))])).Error.Refusal);

    [Fact]
    public void Clients_that_are_not_there_or_not_the_same_lead_nowhere()
    {
        Assert.Equal(Refusal.LogoutClientMismatch, Refused(Facts(Hint, [Alice], ("id_token_hint", "h"), ("client_id", "other"))));
        Assert.Equal(Refusal.ClientUnknown, Refused(Facts(null, [Alice], ("client_id", "gone")) with { Client = null }));
        Assert.Equal(Refusal.ClientMissing, Refused(Facts(null, [Alice], ("post_logout_redirect_uri", Out)) with { Client = null }));
        Assert.Equal(Refusal.ClientUnknown, Refused(Facts(Hint, [Alice], ("id_token_hint", "h"), ("post_logout_redirect_uri", Out)) with { Client = null }));
        // Whose client is gone can leave all the same.
        Assert.IsType<LoggedOut>(Logout.Decide(Facts(Hint, [Alice], ("id_token_hint", "h")) with { Client = null }));
    }

    [Fact]
    public void The_clients_of_a_session_are_told_by_its_grants_once_each()
    {
        Grant grant = Sample.Grant() with { Authorized = Sample.Grant().Authorized with { SessionId = "s1" } };
        IReadOnlyList<Participant> found = Participant.Of(
        [
            grant, grant with { ClientId = "native", State = GrantState.Revoked }, grant with { Id = Guid.Empty }, grant with { ClientId = "asked", State = GrantState.Requested },
            grant with { ClientId = "plain", Authorized = grant.Authorized with { Scope = "notes:read" } }, grant with { ClientId = "machine", Authorized = grant.Authorized with { SessionId = null } },
        ]);
        Assert.Equal([new Participant(Sample.Issuer, "web", "s1"), new Participant(Sample.Issuer, "native", "s1")], found);
    }

    [Fact]
    public void An_iframe_address_keeps_its_query_and_has_issuer_and_session_both_or_neither()
    {
        var participant = new Participant("https://id.example/a", "web", "s1");
        Assert.Null(FrontchannelLogout.AddressOf(Leaving, participant));
        Client framed = Leaving with { FrontchannelLogoutUri = "https://app.example/front?a=1" };
        Assert.Equal("https://app.example/front?a=1", FrontchannelLogout.AddressOf(framed, participant));
        Assert.Equal("https://app.example/front?a=1&iss=https%3A%2F%2Fid.example%2Fa&sid=s1", FrontchannelLogout.AddressOf(framed with { FrontchannelLogoutSessionRequired = true }, participant));
    }

    private static LogoutDecision Decide(HintedSession? hint, IReadOnlyList<Session> sessions, params (string Name, string? Value)[] parameters) => Logout.Decide(Facts(hint, sessions, parameters));

    private static Refusal Refused(LogoutFacts facts) => Assert.IsType<LogoutRefused>(Logout.Decide(facts)).Error.Refusal;

    private static LogoutFacts Facts(HintedSession? hint, IReadOnlyList<Session> sessions, params (string Name, string? Value)[] parameters) => new()
    {
        Request = Sample.Form(parameters), Client = Leaving, Hint = hint, Sessions = sessions, SubjectOf = account => account,
    };
}
