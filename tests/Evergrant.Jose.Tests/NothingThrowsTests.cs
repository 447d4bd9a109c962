using System.Text;
using System.Text.Json;

namespace Evergrant.Jose.Tests;

/// <summary>Refusing is an answer, never an exception: mutated input through every reader, from fixed seeds.</summary>
public sealed class NothingThrowsTests
{
    private static readonly string[] Pieces =
        ["\"", "{", "}", "[", "]", ",", ":", "\\", "\\ud800", "\\u0000", "\0", "ÿ", "\uFFFF", "1e999", "-0", "null", "99999999999999999999", "\"alg\":\"none\",", "\"crit\":[],", ".", "=", " "];

    [Theory]
    [Requirement("RFC7515-5.2-01", "RFC7519-7.2-01")]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Mutated_tokens_are_judged(int seed)
    {
        var random = new Random(seed);
        JwkSet keys = Forged.SetOf(Key.Es256);
        for (int i = 0; i < 1000; i++)
        {
            string header = Mutated(random, """{"alg":"ES256","kid":"ec-1","typ":"at+jwt"}""", i % 3);
            string claims = Mutated(random, """{"iss":"https://issuer.example","sub":"a","aud":["https://api.example"],"client_id":"c","exp":1800000060,"iat":1800000000,"jti":"j","amr":["pwd"],"x":{"y":[1,"z"]}}""", 2);
            string token = Mutated(random, Forged.Signed(Key.Es256, header, claims), i % 5 == 0 ? 1 : 0);
            JwtVerdict<JwtAccessToken> verdict = JwtAccessToken.Judge(token, keys, Sample.Issuer, Sample.Api, Sample.Now, default);
            Assert.Equal(verdict.Fault == JwtFault.None, verdict.Value is not null);
            _ = IdToken.JudgeAsHint(token, keys, Sample.Issuer);
            _ = ClientAssertion.TryPeekClientId(token, out _);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Mutated_key_sets_are_read(int seed)
    {
        var random = new Random(seed);
        string set = Encoding.UTF8.GetString(Forged.SetOf(Key.Es256, Key.Rs256).ToUtf8Json()).Replace("\"use\"", "\"key_ops\":[\"verify\"],\"x5c\":[\"AAAA\"],\"use\"", StringComparison.Ordinal);
        for (int i = 0; i < 2000; i++)
        {
            byte[] mutated = Encoding.UTF8.GetBytes(Mutated(random, set, 1 + (i % 4)));
            Assert.Equal(JwkSet.TryParse(mutated, out _, out string? fault), fault is null);
            try
            {
                // The same from a document that somebody else read with the framework's looser rules.
                using JsonDocument loose = JsonDocument.Parse(mutated);
                _ = JwkSet.TryParse(loose.RootElement, out _, out _);
            }
            catch (JsonException)
            {
                // Not JSON at all: the other reader said so before.
            }
        }
    }

    private static string Mutated(Random random, string text, int times)
    {
        for (int i = 0; i < times; i++)
        {
            int at = random.Next(text.Length);
            int removed = random.Next(Math.Min(4, text.Length - at));
            text = string.Concat(text.AsSpan(0, at), Pieces[random.Next(Pieces.Length)], text.AsSpan(at + removed));
        }
        return text;
    }
}
