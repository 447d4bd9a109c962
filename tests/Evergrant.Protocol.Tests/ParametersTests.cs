using System.Text;

namespace Evergrant.Protocol.Tests;

public class ParametersTests
{
    private static Parameters? Parse(string encoded) => Parameters.Parse(Encoding.UTF8.GetBytes(encoded));

    [Fact]
    [Requirement("RFC6749-B-01")]
    public void Whatever_is_encoded_is_read_back()
    {
        var random = new Random(1);
        for (int i = 0; i < 500; i++)
        {
            KeyValuePair<string, string>[] pairs = [.. Enumerable.Range(0, random.Next(8)).Select(_ => KeyValuePair.Create(Text(1), Text(1)))];
            string encoded = string.Join('&', pairs.Select(p => Encode(p.Key) + "=" + Encode(p.Value)));
            Assert.Equal(pairs, Parse(encoded)!.All);
        }

        string Text(int least)
        {
            var text = new StringBuilder();
            int length = least + random.Next(12);
            while (text.Length < length) text.Append(random.Next(4) switch { 0 => (char)random.Next(1, 128), 1 => "=&+% #"[random.Next(6)], 2 => "é€\u202E"[random.Next(3)], _ => 'a' });
            return text.ToString();
        }

        string Encode(string text)
        {
            var encoded = new StringBuilder();
            foreach (byte b in Encoding.UTF8.GetBytes(text))
            {
                if (b == ' ' && random.Next(2) == 0) encoded.Append('+');
                else if (char.IsAsciiLetterOrDigit((char)b) && random.Next(4) > 0) encoded.Append((char)b);
                else encoded.Append('%').Append(b.ToString(random.Next(2) == 0 ? "X2" : "x2"));
            }
            return encoded.ToString();
        }
    }

    [Theory]
    [InlineData("a=%")]
    [InlineData("a=%4")]
    [InlineData("a=%GG")]
    [InlineData("a=%+1")]
    [InlineData("%=a")]
    [InlineData("a=%00")]
    [InlineData("a%00=b")]
    [InlineData("a=%FF")]
    [InlineData("a=%C0%AF")]
    [InlineData("a=%ED%A0%80")]
    [InlineData("a=%F4%90%80%80")]
    [InlineData("ok=1&a=%C3")]
    [InlineData("a=\0")]
    public void A_broken_escape_or_text_that_is_no_utf8_spoils_everything(string encoded) => Assert.Null(Parse(encoded));

    [Fact]
    public void Random_bytes_never_throw()
    {
        var random = new Random(2);
        for (int i = 0; i < 3000; i++)
        {
            byte[] bytes = new byte[random.Next(64)];
            random.NextBytes(bytes);
            for (int j = 0; j < bytes.Length; j++) if (random.Next(3) == 0) bytes[j] = (byte)"%&=+"[random.Next(4)];
            if (Parameters.Parse(bytes) is { } parameters) Assert.All(parameters.All, p => Assert.True(p.Key.Length > 0 && p.Value.Length > 0 && !p.Value.Contains('\0')));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("&&&")]
    [InlineData("a=&b=&=c&a")]
    [Requirement("RFC6749-3.1-07")]
    public void A_parameter_without_a_value_counts_as_absent(string encoded)
    {
        Parameters parameters = Parse(encoded)!;
        Assert.Empty(parameters.All);
        Assert.Null(parameters["a"]);
        Assert.Null(parameters.Repeated);
    }

    [Theory]
    [InlineData("a=1&b=2", null)]
    [InlineData("a=1&a=1", "a")]
    [InlineData("a=1&b=2&b=3&a=4", "b")]
    [InlineData("a=1&A=2", null)]
    [InlineData("a=1&%61=2", "a")]
    [InlineData("a=&a=1", null)]
    [InlineData("resource=1&resource=2&audience=3&audience=4", null)]
    [Requirement("RFC6749-3.1-09")]
    public void The_first_parameter_that_occurs_again_is_named(string encoded, string? repeated) => Assert.Equal(repeated, Parse(encoded)!.Repeated);

    [Fact]
    public void Names_are_case_sensitive_and_the_first_value_counts()
    {
        Parameters parameters = Parse("a=1&a=2&A=3&b=x=y")!;
        Assert.Equal(("1", "3", "x=y"), (parameters["a"], parameters["A"], parameters["b"]));
        Assert.Equal(["1", "2"], parameters.Many("a"));
        Assert.Empty(parameters.Many("c"));
    }

    [Fact]
    public void There_may_be_sixty_four_and_no_more()
    {
        Assert.Equal(64, Parse(string.Join('&', Enumerable.Range(0, 64).Select(i => $"n{i}=v")))!.All.Count);
        Assert.Null(Parse(string.Join('&', Enumerable.Range(0, 65).Select(i => $"n{i}=v"))));
        Assert.Null(Parse(string.Join('&', Enumerable.Range(0, 65).Select(_ => "a="))));
    }

    [Fact]
    public void A_long_value_is_read_whole()
    {
        string value = new('x', 60_000);
        Assert.Equal(value, Parse("a=" + value)!["a"]);
    }

    [Fact]
    public void Pairs_of_a_ticket_are_judged_as_those_of_a_request()
    {
        Parameters parameters = Parameters.From([new("a", "1"), new("b", ""), new("a", "2")]);
        Assert.Equal("a", parameters.Repeated);
        Assert.Null(parameters["b"]);
    }
}
