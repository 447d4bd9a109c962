using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Evergrant.Hosting;
using Evergrant.Program.Tests.Harness;
using Xunit;

namespace Evergrant.Program.Tests.Hosting;

public class CertificateFileTests
{
    [Fact]
    public async Task A_renewed_certificate_is_taken_up_and_a_broken_one_is_not()
    {
        using var folder = new TemporaryFolder();
        var time = new StoppedTime();
        Write(folder, "first", 1);
        var file = new CertificateFile(folder.At("cert.pem"), folder.At("key.pem"), false, time);
        Assert.Equal("CN=first", await Subject(file));

        Write(folder, "second", 2);
        Assert.Equal("CN=first", await Subject(file));
        time.Now += TimeSpan.FromMinutes(1);
        Assert.Equal("CN=second", await Subject(file));

        folder.Write("cert.pem", "half of a file");
        File.SetLastWriteTimeUtc(folder.At("cert.pem"), DateTime.UnixEpoch.AddDays(3));
        time.Now += TimeSpan.FromMinutes(1);
        Assert.Equal("CN=second", await Subject(file));
    }

    private static async Task<string> Subject(CertificateFile file) => (await file.Answer(null!)).ServerCertificateContext!.TargetCertificate.Subject;

    private static void Write(TemporaryFolder folder, string name, int day)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 certificate = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        folder.Write("cert.pem", certificate.ExportCertificatePem());
        folder.Write("key.pem", key.ExportPkcs8PrivateKeyPem());
        File.SetLastWriteTimeUtc(folder.At("cert.pem"), DateTime.UnixEpoch.AddDays(day));
        File.SetLastWriteTimeUtc(folder.At("key.pem"), DateTime.UnixEpoch.AddDays(day));
    }
}
