using Evergrant.Protocol.Binding;
using Evergrant.Protocol.Keys;

namespace Evergrant.Protocol.Tests.Binding;

public class DpopNonceTests
{
    private static readonly NumberedKeys Keys = new([new(1, new byte[32]), new(2, [.. Enumerable.Repeat((byte)7, 32)])], 2);
    // The start of a step.
    private static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);

    private static bool IsGood(string nonce, TimeSpan later = default, NumberedKeys? keys = null, string issuer = Sample.Issuer) => DpopNonce.IsGood(nonce, keys ?? Keys, issuer, Start + later);

    [Theory]
    [InlineData(0, true)]
    [InlineData(-119, true)]
    [InlineData(-121, false)]
    [InlineData(359, true)]
    [InlineData(360, false)]
    [Requirement("RFC9449-8-03")]
    public void A_nonce_is_good_for_minutes(int seconds, bool good) => Assert.Equal(good, IsGood(DpopNonce.Write(Keys, Sample.Issuer, Start), TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void A_nonce_changes_with_each_step_and_is_the_same_within_one()
    {
        Assert.Equal(DpopNonce.Write(Keys, Sample.Issuer, Start), DpopNonce.Write(Keys, Sample.Issuer, Start.AddSeconds(119)));
        Assert.NotEqual(DpopNonce.Write(Keys, Sample.Issuer, Start), DpopNonce.Write(Keys, Sample.Issuer, Start.AddSeconds(120)));
    }

    [Fact]
    [Requirement("ATTACK-187")]
    public void A_nonce_of_another_issuer_or_key_is_none_and_one_of_an_older_key_is_good()
    {
        string nonce = DpopNonce.Write(Keys, Sample.Issuer, Start);
        Assert.False(IsGood(nonce, issuer: Sample.Issuer + "/other"));
        Assert.False(IsGood(nonce, keys: new([new(2, new byte[32])], 2)));
        Assert.False(IsGood(nonce, keys: new([new(1, new byte[32])], 1)));
        Assert.True(IsGood(DpopNonce.Write(new([new(1, new byte[32])], 1), Sample.Issuer, Start)));
    }

    [Fact]
    public void Nothing_else_is_a_nonce()
    {
        string nonce = DpopNonce.Write(Keys, Sample.Issuer, Start);
        foreach (string other in (string[])["", "x", nonce[1..], nonce + "A", nonce[..^1] + (nonce[^1] == 'A' ? 'B' : 'A'), new string('A', nonce.Length), new string('A', 10_000), "é"]) Assert.False(IsGood(other));
    }

    [Fact]
    [Requirement("RFC9449-8.1-01")]
    public void The_characters_are_those_of_a_scope_token() =>
        Assert.All(DpopNonce.Write(Keys, Sample.Issuer, Start), c => Assert.True(c is '\x21' or (>= '\x23' and <= '\x5b') or (>= '\x5d' and <= '\x7e')));
}
