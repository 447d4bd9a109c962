using System.Text;

namespace Evergrant.Jose.Tests;

/// <summary>The signed examples in the appendices of RFC 7515.</summary>
public sealed class PublishedExampleTests
{
    private const string Joe = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

    private const string RsaKey =
        """{"kty":"RSA","e":"AQAB","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"}""";

    private const string P256Key =
        """{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}""";

    private const string P521Key =
        """{"kty":"EC","crv":"P-521","x":"AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk","y":"ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2"}""";

    [Theory]
    [Requirement("RFC7518-3.1-01", "RFC7518-3.4-01")]
    [InlineData("A.2", "RS256", RsaKey, "eyJhbGciOiJSUzI1NiJ9." + Joe +
        ".cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw")]
    [InlineData("A.3", "ES256", P256Key, "eyJhbGciOiJFUzI1NiJ9." + Joe +
        ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q")]
    [InlineData("A.4", "ES512", P521Key, "eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA" +
        ".AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZqwqT2SI-KGDKB34XO0aw_7XdtAG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn")]
    public void The_example_verifies_and_its_neighbours_do_not(string appendix, string algorithm, string jwk, string token)
    {
        Assert.True(Jwk.TryParse(Forged.Json(jwk), out Jwk? key, out string? fault), appendix + fault);
        Assert.True(CompactJws.TryParse(token, out CompactJws? jws, out fault), appendix + fault);
        Assert.Equal((algorithm, null, null), (jws.Algorithm, jws.KeyId, jws.Type));
        Assert.True(jws.VerifiedBy(key));
        Assert.True(jws.VerifiedByAny(new JwkSet([Key.Es256.PublicKey, key]), [algorithm]));
        Assert.False(jws.VerifiedByAny(new JwkSet([key]), SignatureAlgorithm.Asymmetric.Except([algorithm]).ToList()));
        Assert.False(jws.VerifiedByAny(new JwkSet([Key.Es256.PublicKey, Key.Rs256.PublicKey]), SignatureAlgorithm.Asymmetric.ToList()));

        string changed = token.Replace(".eyJpc3", ".eyJpc2", StringComparison.Ordinal).Replace(".UGF", ".UGG", StringComparison.Ordinal);
        Assert.True(CompactJws.TryParse(changed, out jws, out _));
        Assert.False(jws.VerifiedBy(key));
    }

    [Fact]
    [Requirement("RFC7518-3.6-01", "RFC8725-3.2-02")]
    public void The_unsecured_example_of_A_5_verifies_by_nothing()
    {
        Assert.True(CompactJws.TryParse("eyJhbGciOiJub25lIn0." + Joe + ".", out CompactJws? jws, out _));
        Assert.Equal("none", jws.Algorithm);
        Assert.StartsWith("{\"iss\":\"joe\"", Encoding.UTF8.GetString(jws.Payload.Span), StringComparison.Ordinal);
        foreach (Jwk key in (Jwk[])[Key.Es256.PublicKey, Key.Rs256.PublicKey, Key.Published(Key.Es256)])
            Assert.False(jws.VerifiedBy(key));
        Assert.False(jws.VerifiedByAny(Forged.SetOf(Key.Es256, Key.Rs256), ["none"]));
    }
}
