using System.Text;
using Evergrant.Jose;

namespace Evergrant.Fuzz.Parsers;

/// <summary>JWTs whose signature is right and whose claims are not: what the holder of a key can send.</summary>
internal static class SignedTargets
{
    private const string Issuer = "https://as.example";
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddYears(50);
    private static readonly SigningKey Key = SigningKey.Create(SignatureAlgorithm.ES256, "k");
    private static readonly JwkSet Public = new([Key.PublicKey]);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ParserTarget> All { get; } =
    [
        new("signed-client-assertion", Claims("""{"iss":"c","sub":"c","aud":"https://as.example","exp":1577836860,"iat":1577836800,"jti":"1"}"""), Signed(ClientAssertion.Type, t => ClientAssertion.Judge(t, Public, "c", [Issuer], [SignatureAlgorithm.ES256], Now).Fault)),
        new("signed-id-token-hint", Claims("""{"iss":"https://as.example","sub":"s","aud":"c","exp":1577836860,"iat":1577836800,"sid":"1","amr":["pwd"]}"""), Signed(IdToken.Type, t => IdToken.JudgeAsHint(t, Public, Issuer).Fault)),
        new("signed-access-token", Claims("""{"iss":"https://as.example","sub":"s","aud":["a"],"exp":1577836860,"iat":1577836800,"jti":"1","client_id":"c","scope":"a b"}"""), Signed(JwtAccessToken.Type, t => JwtAccessToken.Judge(t, Public, Issuer, "a", Now, TimeSpan.Zero).Fault)),
        new("signature", Claims(Sign(IdToken.Type, """{"iss":"https://as.example","sub":"s","aud":"c","exp":1577836860,"iat":1577836800}"""u8.ToArray())), ParserTargets.Text(Unsigned)),
    ];

    private static IReadOnlyList<byte[]> Claims(string json) => ParserTargets.Seeds(json);

    private static Func<ReadOnlyMemory<byte>, int> Signed(string type, Func<string, JwtFault> judge) => claims => 1 + (int)judge(Sign(type, claims));

    private static string Sign(string type, ReadOnlyMemory<byte> claims) => JwsWriter.WriteAsync(Key, type, claims, CancellationToken.None).AsTask().GetAwaiter().GetResult();

    // Whatever of the three parts was changed, the signature is wrong; only its own text may be written the same way twice, and that is refused as well.
    private static int Unsigned(string token)
    {
        JwtVerdict<IdToken> verdict = IdToken.JudgeAsHint(token, Public, Issuer);
        return verdict.Fault == JwtFault.None && token != Encoding.ASCII.GetString(All[^1].Seeds[0]) ? throw new BrokenPropertyException("a token that was changed passes") : 1 + (int)verdict.Fault;
    }
}
