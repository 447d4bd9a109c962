using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;

namespace Evergrant.Jose;

/// <summary>One of the three curves of RFC 7518 §6.2.1.1, each used by exactly one signature algorithm (§3.4).</summary>
internal sealed class EcCurve
{
    public static readonly EcCurve P256 = new("P-256", SignatureAlgorithm.ES256, ECCurve.NamedCurves.nistP256, 32,
        "0ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",
        "05ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b");

    public static readonly EcCurve P384 = new("P-384", SignatureAlgorithm.ES384, ECCurve.NamedCurves.nistP384, 48,
        "0fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffff",
        "0b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef");

    public static readonly EcCurve P521 = new("P-521", SignatureAlgorithm.ES512, ECCurve.NamedCurves.nistP521, 66,
        "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "051953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00");

    private readonly BigInteger prime;
    private readonly BigInteger b;

    private EcCurve(string name, string algorithm, ECCurve named, int coordinateLength, string prime, string b)
    {
        Name = name;
        Algorithm = algorithm;
        Named = named;
        CoordinateLength = coordinateLength;
        this.prime = BigInteger.Parse(prime, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        this.b = BigInteger.Parse(b, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
    }

    /// <summary>The JWK <c>crv</c> value.</summary>
    public string Name { get; }

    /// <summary>The only <c>alg</c> that goes with the curve.</summary>
    public string Algorithm { get; }

    public ECCurve Named { get; }

    /// <summary>Octets of a coordinate, and of R and S each.</summary>
    public int CoordinateLength { get; }

    public static EcCurve? ByName(string name) => name switch
    {
        "P-256" => P256,
        "P-384" => P384,
        "P-521" => P521,
        _ => null,
    };

    public static EcCurve? ByAlgorithm(string alg) => alg switch
    {
        SignatureAlgorithm.ES256 => P256,
        SignatureAlgorithm.ES384 => P384,
        SignatureAlgorithm.ES512 => P521,
        _ => null,
    };

    /// <summary>
    /// RFC 8725 §3.4: y² = x³ − 3x + b with both coordinates below the prime. The platforms' importers check this too, but not all of them promise it.
    /// The point at infinity has no affine coordinates, and the cofactor of these curves is 1, so nothing else remains to be checked.
    /// </summary>
    public bool Contains(ReadOnlySpan<byte> x, ReadOnlySpan<byte> y)
    {
        if (x.Length != CoordinateLength || y.Length != CoordinateLength)
            return false;
        var xNumber = new BigInteger(x, isUnsigned: true, isBigEndian: true);
        var yNumber = new BigInteger(y, isUnsigned: true, isBigEndian: true);
        if (xNumber >= prime || yNumber >= prime)
            return false;
        return ((yNumber * yNumber) - (xNumber * ((xNumber * xNumber) - 3)) - b) % prime == BigInteger.Zero;
    }
}
