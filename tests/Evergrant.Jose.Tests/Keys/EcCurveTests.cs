using System.Security.Cryptography;

namespace Evergrant.Jose.Tests;

public sealed class EcCurveTests
{
    [Theory]
    [InlineData("P-256", "nistP256", 32)]
    [InlineData("P-384", "nistP384", 48)]
    [InlineData("P-521", "nistP521", 66)]
    public void The_curve_equation_agrees_with_the_platform_about_every_generated_point(string name, string oid, int length)
    {
        for (int i = 0; i < 20; i++)
        {
            using ECDsa key = ECDsa.Create(ECCurve.CreateFromFriendlyName(oid));
            ECPoint point = key.ExportParameters(false).Q;
            Assert.True(Parses(name, point.X!, point.Y!), "a generated point is on the curve");
            Assert.Equal(length, point.X!.Length);
            point.Y![^1] ^= 1;
            Assert.False(Parses(name, point.X, point.Y), "a point beside it is not");
        }
    }

    [Theory]
    [Requirement("RFC8725-3.4-01")]
    [InlineData("P-256", 32)]
    [InlineData("P-384", 48)]
    [InlineData("P-521", 66)]
    public void Zero_and_numbers_beyond_the_prime_are_not_points(string name, int length)
    {
        Assert.False(Parses(name, new byte[length], new byte[length]));
        byte[] highest = [.. Enumerable.Repeat((byte)0xFF, length)];
        Assert.False(Parses(name, highest, highest));
    }

    private static bool Parses(string curve, byte[] x, byte[] y) => Jwk.TryParse(Forged.Json(
        $$"""{"kty":"EC","crv":"{{curve}}","x":"{{CanonicalBase64Url.Encode(x)}}","y":"{{CanonicalBase64Url.Encode(y)}}"}"""), out _, out _);
}
