using Evergrant.Jose;
using Evergrant.Protocol.Binding;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Token;

namespace Evergrant.Protocol.Tests.Binding;

public class BindingRulesTests
{
    private static readonly Confirmation Mine = Sample.KeyOf("mine");

    private static TokenDecision Redeem(Client client, string? proven, string? codeKey = null) => AuthorizationCodeGrant.Decide(
        new TokenRequest { GrantType = "authorization_code", RedirectUri = Sample.Redirect }.With(Sample.Proving(proven)), Sample.Shown(Pending(client, codeKey), 0, CredentialKind.Code), Pending(client, codeKey),
        Sample.Issuer, client, Sample.Catalogue, Sample.Keys, Sample.Now);

    private static Grant Pending(Client client, string? codeKey)
    {
        Grant grant = Sample.Grant(client, 0);
        return grant with { Authorized = grant.Authorized with { DpopKey = codeKey is null ? null : Sample.KeyOf(codeKey).Thumbprint } };
    }

    private static void IsRefused(Refusal refusal, string code, TokenDecision decision)
    {
        OAuthError error = Assert.IsType<Refused>(decision).Error;
        Assert.Equal((refusal, code), (error.Refusal, error.Code));
    }

    [Fact]
    public void A_public_client_binds_its_grant_by_redeeming_with_a_proof()
    {
        Assert.Equal(Mine.Text, Assert.IsType<Redeemed>(Redeem(Sample.Native, "mine")).Grant.BoundKey);
        Assert.Null(Assert.IsType<Redeemed>(Redeem(Sample.Native, null)).Grant.BoundKey);
        Assert.Null(Assert.IsType<Redeemed>(Redeem(Sample.Web, "mine")).Grant.BoundKey);
    }

    [Fact]
    public void A_code_that_is_bound_is_redeemed_with_its_key()
    {
        Assert.IsType<Redeemed>(Redeem(Sample.Web, "mine", "mine"));
        IsRefused(Refusal.KeyMismatch, "invalid_grant", Redeem(Sample.Web, "other", "mine"));
        IsRefused(Refusal.DpopProofMissing, "invalid_dpop_proof", Redeem(Sample.Web, null, "mine"));
    }

    [Fact]
    public void A_client_that_is_registered_for_proofs_always_sends_one()
    {
        Client client = Sample.Web with { DpopBoundAccessTokens = true };
        Assert.Equal(Refusal.DpopProofMissing, BindingRules.JudgeRequest(client, ProvenKeys.None)?.Refusal);
        Assert.Null(BindingRules.JudgeRequest(client, Sample.Proving("mine")));
        Assert.Null(BindingRules.JudgeRequest(Sample.Web, ProvenKeys.None));
    }

    [Fact]
    public void A_bound_token_is_used_by_its_scheme_with_its_key_and_no_other_way()
    {
        Assert.Equal(Refusal.AccessTokenDowngraded, BindingRules.JudgeScheme(Mine, byDpop: false)?.Refusal);
        Assert.Equal(Refusal.AccessTokenInvalid, BindingRules.JudgeScheme(null, byDpop: true)?.Refusal);
        Assert.Null(BindingRules.JudgeScheme(Mine, byDpop: true));
        Assert.Null(BindingRules.JudgeScheme(null, byDpop: false));
        Assert.Equal("invalid_token", BindingRules.JudgeAccess(Mine, Sample.Proving("other"))?.Code);
        Assert.Equal("invalid_dpop_proof", BindingRules.JudgeAccess(Mine, ProvenKeys.None)?.Code);
        Assert.Null(BindingRules.JudgeAccess(Mine, Sample.Proving("mine")));
    }

    [Fact]
    public void A_mark_knows_the_key_it_was_made_with_and_stays_different_for_each_request()
    {
        for (long random = 1; random < long.MaxValue / 3; random *= 3)
        {
            long mark = KeyedMark.Of(random, Sample.Proving("mine"));
            Assert.True(mark >= 0 && KeyedMark.IsOf(mark, Mine));
            Assert.False(KeyedMark.IsOf(mark, Sample.KeyOf("other")));
            Assert.Equal(random >> 32, mark >> 32);
            Assert.Equal(random, KeyedMark.Of(random, ProvenKeys.None));
        }
    }

    [Theory]
    [InlineData("jkt:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", true)]
    [InlineData("x5t#S256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", true)]
    [InlineData("jkt:AAAA", false)]
    [InlineData("jwk:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", false)]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void What_a_grant_is_bound_to_is_read_as_it_is_written(string? text, bool good)
    {
        Assert.Equal(good ? text : null, Confirmation.Read(text)?.Text);
        // What cannot be read binds all the same.
        if (!good && text is not null) Assert.Equal(Refusal.KeyMismatch, BindingRules.JudgeGrant(Sample.Grant() with { BoundKey = text }, Sample.Proving("mine"))?.Refusal);
    }
}
