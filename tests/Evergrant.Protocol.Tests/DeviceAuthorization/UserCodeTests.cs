using Evergrant.Protocol.DeviceAuthorization;

namespace Evergrant.Protocol.Tests.DeviceAuthorization;

public class UserCodeTests
{
    [Fact]
    public void A_code_is_nine_letters_in_groups_of_three() => Assert.Equal("BBB-BBB-BBB", UserCode.New(new byte[16]));

    [Fact]
    public void Every_letter_comes_from_the_random_bytes()
    {
        var seen = new HashSet<char>();
        var random = new Random(1); // deterministic: any spread over the bytes will do
        for (int i = 0; i < 200; i++)
        {
            byte[] bytes = new byte[UserCode.RandomLength];
            random.NextBytes(bytes);
            seen.UnionWith(UserCode.New(bytes));
        }
        Assert.Equal("-BCDFGHJKLMNPQRSTVWXZ", string.Concat(seen.Order()));
        Assert.Throws<ArgumentOutOfRangeException>(() => UserCode.New(new byte[8]));
    }

    [Theory]
    [InlineData("BCD-FGH-JKL")]
    [InlineData("bcdfghjkl")]
    [InlineData("  b c.d/f g_h+j k\u00a0l ")]
    [Requirement("RFC8628-6.1-02")]
    public void Case_spaces_and_punctuation_do_not_count(string typed) => Assert.Equal("BCDFGHJKL", UserCode.Read(typed));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("BCD-FGH-JK")]
    [InlineData("BCD-FGH-JKLM")]
    [InlineData("BCD-FGH-JKA")]
    [InlineData("BCD-FGH-JK1")]
    [InlineData("BCD-FGH-JK\0")]
    [InlineData("ＢCD-FGH-JKL")]
    public void What_cannot_be_a_code_is_none(string? typed) => Assert.Null(UserCode.Read(typed));

    [Fact]
    public void A_text_of_any_length_is_judged_at_once() => Assert.Null(UserCode.Read(new string(' ', 1 << 20) + "BCDFGHJKL"));

    [Fact]
    public void The_stored_key_depends_on_the_secret_the_issuer_and_the_code()
    {
        byte[] key = new byte[32], other = [.. key.Select(_ => (byte)1)];
        string[] all = [.. new[] { UserCode.KeyOf(key, "a", "B"), UserCode.KeyOf(other, "a", "B"), UserCode.KeyOf(key, "b", "B"), UserCode.KeyOf(key, "a", "C") }.Select(Convert.ToHexString)];
        Assert.Equal(4, all.Distinct().Count());
        Assert.Equal(64, all[0].Length);
    }
}
