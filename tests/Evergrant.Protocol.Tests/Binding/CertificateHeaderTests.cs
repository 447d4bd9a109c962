using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Evergrant.Protocol.Binding;

namespace Evergrant.Protocol.Tests.Binding;

public class CertificateHeaderTests
{
    private static readonly X509Certificate2 Certificate = Make();

    private static string Der => Convert.ToBase64String(Certificate.RawData);

    private static string Pem => Certificate.ExportCertificatePem();

    private static X509Certificate2 Make()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new CertificateRequest("CN=client", key, HashAlgorithmName.SHA256).CreateSelfSigned(Sample.Now, Sample.Now.AddDays(1));
    }

    /// <summary>As proxies write it.</summary>
    public static TheoryData<string> Forms =>
    [
        $":{Der}:", Der, $" {Der} ", Uri.EscapeDataString(Pem), Uri.EscapeDataString(Der), Pem, Pem.ReplaceLineEndings(" "), Pem.ReplaceLineEnders(), Pem + "\n" + Pem,
        $"Cert=\"{Uri.EscapeDataString(Pem)}\"", $"By=spiffe://a;Hash=00;Subject=\"CN=a, O=b;c\";Cert=\"{Uri.EscapeDataString(Pem)}\";URI=",
    ];

    [Theory, MemberData(nameof(Forms))]
    public void Each_form_gives_the_certificate(string value) => Assert.Equal(Certificate.RawData, CertificateHeader.Read(value));

    [Theory]
    [InlineData("")]
    [InlineData(":")]
    [InlineData("::")]
    [InlineData("x y")]
    [InlineData("%zz")]
    [InlineData("(null)")]
    [InlineData("-----BEGIN CERTIFICATE-----")]
    [InlineData("-----BEGIN CERTIFICATE----- AAAA")]
    [InlineData("-----BEGIN CERTIFICATE-----END CERTIFICATE-----")]
    [InlineData("-----BEGIN CERTIFICATE----------END CERTIFICATE-----")]
    [InlineData("Cert=")]
    [InlineData("Cert=\"AAAA")]
    [InlineData("Cert=\"AAAA\";Cert=\"AAAA\"")]
    [InlineData("Hash=a,Cert=\"AAAA\"")]
    public void What_is_none_of_them_gives_nothing(string value) => Assert.Null(CertificateHeader.Read(value));

    [Fact]
    public void A_boundless_value_is_not_read() => Assert.Null(CertificateHeader.Read(new string('A', 20_000)));
}

/// <summary>Line ends as some proxies leave them.</summary>
file static class Lines
{
    public static string ReplaceLineEnders(this string pem) => pem.ReplaceLineEndings("\t");
}
