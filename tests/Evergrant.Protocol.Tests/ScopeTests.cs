namespace Evergrant.Protocol.Tests;

public class ScopeTests
{
    [Theory]
    [InlineData("a", "a")]
    [InlineData("a b", "a|b")]
    [InlineData("b a b a", "b|a")]
    [InlineData("A a", "A|a")]
    [InlineData("!#[]~", "!#[]~")]
    [Requirement("RFC6749-3.3-01")]
    public void A_list_is_split_at_single_spaces_and_each_value_kept_once(string value, string values)
    {
        Assert.True(Scope.TryParse(value, out IReadOnlyList<string> scopes));
        Assert.Equal(values.Split('|'), scopes);
    }

    [Theory]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(33)]
    [InlineData(500)]
    [Requirement("RFC6749-3.3-01")]
    public void Of_very_many_values_each_is_kept_once_and_in_order(int count)
    {
        string[] values = [.. Enumerable.Range(0, count).Select(i => "s" + i)];
        Assert.True(Scope.TryParse(string.Join(' ', values.Concat(values.Reverse()).Append("last").Append("s0")), out IReadOnlyList<string> scopes));
        Assert.Equal([.. values, "last"], scopes);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(" a")]
    [InlineData("a ")]
    [InlineData("a  b")]
    [InlineData("a\tb")]
    [InlineData("a\nb")]
    [InlineData("a\"")]
    [InlineData("a\\")]
    [InlineData("ä")]
    [InlineData("a\u007f")]
    [InlineData("a\u00a0b")]
    [Requirement("RFC6749-3.3-01")]
    public void Any_other_character_or_spacing_is_refused(string value) => Assert.False(Scope.TryParse(value, out _));

    [Theory]
    [InlineData("a b c", "b", true)]
    [InlineData("ab c", "a", false)]
    [InlineData("a b", "a b", false)]
    [InlineData("a", "A", false)]
    [InlineData("", "a", false)]
    public void A_value_is_found_whole_or_not_at_all(string scope, string value, bool found) => Assert.Equal(found, Scope.Contains(scope, value));

    [Fact]
    public void Joining_undoes_splitting()
    {
        Assert.Empty(Scope.Split(""));
        Assert.Equal("a b", Scope.Join(Scope.Split("a b")));
    }
}
