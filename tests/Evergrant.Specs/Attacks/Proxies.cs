namespace Evergrant.Specs.Attacks;

/// <summary>Behind a trusted proxy: whose address counts.</summary>
public sealed class Proxies
{
    [Fact]
    [Requirement("ATTACK-311")]
    public async Task Only_what_the_last_trusted_hop_wrote_counts()
    {
        await using var plain = new PlainListener("127.0.0.1", "::1");
        await plain.Start();
        var api = new Api(plain.NewHttp(), plain.Address);
        string[] left = ["", "203.0.113.1, ", "203.0.113.1, 203.0.113.2, ", "evil, ", "[::1, ", "unknown, ", ", , ", "::ffff:1.2.3.4.5, ", string.Concat(Enumerable.Range(0, 700).Select(n => $"10.0.{n / 250}.{n % 250}, "))];
        foreach (var claimed in left)
        {
            // An attacker's address gets used up though it claims another one each time: 10 wrong user codes, and it waits.
            var own = $"198.51.100.{Array.IndexOf(left, claimed) + 1}";
            var statuses = new List<int>();
            for (var n = 0; n < 11; n++)
            {
                var request = new HttpRequestMessage(HttpMethod.Post, plain.Address + "/device") { Content = Api.Form([("user_code", "BCD-FGH-JKL")]) };
                request.Headers.TryAddWithoutValidation("X-Forwarded-For", claimed.Replace("203.0.113", $"203.0.{n}", StringComparison.Ordinal) + own);
                request.Headers.TryAddWithoutValidation("X-Forwarded-Proto", "https");
                request.Headers.Host = "auth.example";
                statuses.Add((await api.Send(request)).Status);
            }

            Assert.True(statuses[^1] == 429 && statuses[0] == 200, $"{claimed[..Math.Min(30, claimed.Length)]}: {string.Join(' ', statuses)}");
        }

        // What is not written as https was not received over TLS.
        var bare = new HttpRequestMessage(HttpMethod.Get, plain.Address + "/sign-in");
        bare.Headers.TryAddWithoutValidation("X-Forwarded-Proto", "http");
        bare.Headers.Host = "auth.example";
        Assert.True((await api.Send(bare)).Status >= 400);
    }
}
