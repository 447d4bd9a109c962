namespace Evergrant.Specs.OidcRpInitiatedLogout;

/// <summary>OpenID Connect RP-Initiated Logout section 2: ID Tokens that have expired, or whose key is gone.</summary>
[Collection(typeof(ClockCollection))]
public sealed class Section2_OldHints(ClockServer server)
{
    [Fact]
    [Requirement("OIDC-RPINIT-2-03", "ATTACK-124")]
    public async Task An_expired_hint_still_names_the_session()
    {
        var alice = await Leaving.SignIn(server, LogoutClients.Leaving);
        await server.Advance(TimeSpan.FromHours(6));
        Assert.InRange(alice.Tokens.IdJwt.Number("exp") - alice.Tokens.IdJwt.Number("iat"), 1, 3600);
        Assert.Equal(LogoutClients.Out, (await alice.Get(("id_token_hint", alice.IdToken), ("post_logout_redirect_uri", LogoutClients.Out))).Location);
        Assert.False(await alice.IsSignedIn());
    }

    [Fact]
    [Requirement("ATTACK-124")]
    public async Task A_hint_whose_key_was_withdrawn_only_leads_to_the_question()
    {
        var alice = await Leaving.SignIn(server, LogoutClients.Leaving);
        var kid = alice.Tokens.IdJwt.Header.GetProperty("kid").GetString()!;
        var withdrawn = await server.Run("key", "withdraw", kid);
        Assert.True(withdrawn.ExitCode == 0, withdrawn.Errors);
        var page = await alice.ExpectQuestion(await alice.Get(("id_token_hint", alice.IdToken), ("post_logout_redirect_uri", LogoutClients.Out)));
        Assert.Equal(LogoutClients.Out, (await alice.Answer(page)).Location);
        // And leads nowhere where nobody is signed in.
        page = await alice.Get(("id_token_hint", alice.IdToken), ("post_logout_redirect_uri", LogoutClients.Out));
        Assert.Equal((200, (string?)null), (page.Status, page.Location));
    }
}
