using Evergrant.Protocol.Token;

namespace Evergrant.Protocol.Tests.Token;

public class TokenAudienceTests
{
    private static (OAuthError? Error, string? Audience, string? Scope) Resolve(string granted, string? scopes = null, string resources = "", string asked = "", string allowed = "")
    {
        OAuthError? error = TokenAudience.Resolve(
            Sample.Issuer, Scope.Split(granted), Scope.Split(scopes ?? granted), Scope.Split(resources), Scope.Split(asked), Scope.Split(allowed), Sample.Catalogue, out TokenAudience? audience);
        return (error, audience is null ? null : string.Join(' ', audience.Audience), audience?.Scope);
    }

    private const string Both = Sample.Notes + " " + Sample.Files;

    [Theory]
    [InlineData("openid profile", "", "", Sample.Issuer, "openid profile")]
    [InlineData("openid notes:read", "", "", Sample.Notes + " " + Sample.Issuer, "openid notes:read")]
    [InlineData("notes:read", "", "", Sample.Notes, "notes:read")]
    [InlineData("", "", "", Sample.Issuer, "")]
    [InlineData("extra notes:read", "", "", Sample.Notes, "notes:read")]
    [InlineData("openid notes:read", Sample.Notes, "", Sample.Notes, "notes:read")]
    [InlineData("notes:read files:read", Both, "", Both, "notes:read files:read")]
    [InlineData("notes:read files:read", Both, Sample.Files, Sample.Files, "files:read")]
    [InlineData("openid notes:read", "", Sample.Notes, Sample.Notes, "notes:read")]
    [InlineData("notes:read files:read", "", Sample.Files, Sample.Files, "files:read")]
    [InlineData("notes:read shared", Sample.Notes, "", Sample.Notes, "notes:read shared")]
    [Requirement("RFC8707-2-03", "RFC8707-2.2-03", "RFC9068-3-01", "RFC9068-3-02", "RFC9068-2.2.3-02")]
    public void The_audience_is_what_was_named_or_what_the_scope_belongs_to(string granted, string resources, string asked, string audience, string scope) =>
        Assert.Equal((null, audience, scope), Resolve(granted, null, resources, asked));

    [Theory]
    [InlineData("notes:read files:read", "", "", "invalid_scope", Refusal.ScopeAmbiguous)]
    [InlineData("shared", "", "", "invalid_scope", Refusal.ScopeAmbiguous)]
    [InlineData("shared", Both, "", "invalid_target", Refusal.ScopeAmbiguous)]
    [InlineData("notes:read", "", Sample.Files, "invalid_target", Refusal.ResourceWidened)]
    [InlineData("notes:read", Sample.Notes, Sample.Files, "invalid_target", Refusal.ResourceWidened)]
    [InlineData("notes:read files:read", Sample.Notes, Sample.Files, "invalid_target", Refusal.ResourceWidened)]
    [Requirement("RFC9068-3-03", "RFC9068-3-04", "RFC8707-2.2-01")]
    public void What_would_be_ambiguous_or_wider_is_refused(string granted, string resources, string asked, string code, Refusal refusal)
    {
        (OAuthError? error, string? audience, _) = Resolve(granted, null, resources, asked);
        Assert.Equal((code, refusal, null), (error!.Code, error.Refusal, audience));
    }

    /// <summary>Another API that takes up the same word neither makes the scope ambiguous for a client that is bound to one API, nor becomes its audience.</summary>
    [Theory]
    [InlineData("shared", Sample.Notes, Sample.Notes, "shared")]
    [InlineData("openid notes:read shared", Sample.Notes, Sample.Notes + " " + Sample.Issuer, "openid notes:read shared")]
    [InlineData("notes:read files:read", Sample.Notes, Sample.Notes, "notes:read")]
    public void A_client_bound_to_an_api_has_tokens_for_that_api_only(string granted, string allowed, string audience, string scope) =>
        Assert.Equal((null, audience, scope), Resolve(granted, allowed: allowed));

    [Fact]
    public void A_narrower_scope_can_leave_the_ambiguity_behind() => Assert.Equal((null, Sample.Notes, "notes:read"), Resolve("notes:read files:read", "notes:read"));

    /// <summary>Whatever is asked, the token says no more than the scopes given, and its audience is never empty.</summary>
    [Fact]
    public void No_token_says_more_than_was_granted()
    {
        var random = new Random(11);
        string[] words = ["openid", "profile", "notes:read", "notes:write", "files:read", "shared", "extra"];
        string[] places = [Sample.Notes, Sample.Files];
        for (int i = 0; i < 2000; i++)
        {
            string[] granted = Some(words);
            string[] scopes = [.. granted.Where(_ => random.Next(2) == 0)];
            string[] resources = Some(places);
            string[] asked = Some(places);
            if (TokenAudience.Resolve(Sample.Issuer, granted, scopes, resources, asked, [], Sample.Catalogue, out TokenAudience? audience) is not null) continue;
            Assert.NotEmpty(audience!.Audience);
            Assert.All(Scope.Split(audience.Scope), s => Assert.Contains(s, scopes));
            if (resources.Length > 0) Assert.All(audience.Audience, a => Assert.Contains(a, resources));
            if (asked.Length > 0) Assert.Equal(asked, audience.Audience);
        }

        string[] Some(string[] of) => [.. of.Where(_ => random.Next(3) == 0)];
    }
}
