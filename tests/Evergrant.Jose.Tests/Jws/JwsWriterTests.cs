using System.Text;

namespace Evergrant.Jose.Tests;

public sealed class JwsWriterTests
{
    public static TheoryData<string> Algorithms => [.. SignatureAlgorithm.Asymmetric];

    [Theory]
    [Requirement("RFC7515-2-01")]
    [MemberData(nameof(Algorithms))]
    public async Task What_is_written_is_read_and_verified(string algorithm)
    {
        using SigningKey key = Key.For(algorithm);
        byte[] payload = Encoding.UTF8.GetBytes("""{"sub":"älice"}""");
        string token = await JwsWriter.WriteAsync(key, "at+jwt", payload, default);
        Assert.DoesNotContain('=', token);
        Assert.True(CompactJws.TryParse(token, out CompactJws? jws, out string? fault), fault);
        Assert.Equal((algorithm, key.KeyId, "at+jwt"), (jws.Algorithm, jws.KeyId, jws.Type));
        Assert.Equal(payload, jws.Payload.ToArray());
        Assert.True(jws.VerifiedBy(key.PublicKey));
    }

    [Theory]
    [Requirement("RFC8725-3.2-04")]
    [InlineData("ES256")]
    [InlineData("ES384")]
    [InlineData("ES512")]
    public async Task No_nonce_of_a_signature_comes_twice_for_the_same_content_or_another(string algorithm)
    {
        using SigningKey key = Key.For(algorithm);
        var first = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < 200; i++)
        {
            // The first half of the signature is r, which is the nonce's point: twice the same r gives the key away.
            string text = await JwsWriter.WriteAsync(key, "JWT", Encoding.UTF8.GetBytes(i % 2 == 0 ? "{}" : $"{{\"a\":{i}}}"), default);
            Assert.True(CompactJws.TryParse(text, out CompactJws? jws, out _));
            Assert.True(jws.VerifiedBy(key.PublicKey));
            Assert.True(CanonicalBase64Url.TryDecode(text.Split('.')[2], out byte[]? signature));
            Assert.True(first.Add(Convert.ToHexString(signature.AsSpan(0, signature.Length / 2))));
        }
    }

    [Fact]
    public async Task The_header_is_of_the_signer_and_the_type_asked_for()
    {
        Assert.StartsWith(Forged.Part("""{"alg":"ES256","kid":"ec-1","typ":"JWT"}""") + ".", await JwsWriter.WriteAsync(Key.Es256, "JWT", "{}"u8.ToArray(), default), StringComparison.Ordinal);
        Assert.StartsWith(Forged.Part("""{"alg":"ES256","kid":"ec-1"}""") + ".", await JwsWriter.WriteAsync(Key.Es256, null, "{}"u8.ToArray(), default), StringComparison.Ordinal);
        Assert.StartsWith(Forged.Part("""{"alg":"ES256","kid":"ec-2","typ":"JWT"}""") + ".", await JwsWriter.WriteAsync(Key.OtherEs256, "JWT", "{}"u8.ToArray(), default), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_signer_that_answers_later_gets_the_same_token_out_though_the_payload_is_reused()
    {
        var signer = new PatientSigner(Key.Es256);
        byte[] payload = "{\"a\":1}"u8.ToArray();
        ValueTask<string> writing = JwsWriter.WriteAsync(signer, "JWT", payload, default);
        Assert.False(writing.IsCompleted);
        payload.AsSpan().Clear();
        signer.Ready.SetResult();
        Assert.True(CompactJws.TryParse(await writing, out CompactJws? jws, out _));
        Assert.Equal("{\"a\":1}"u8, jws.Payload.Span);
        Assert.True(jws.VerifiedBy(Key.Es256.PublicKey));
    }

    [Fact]
    public async Task What_the_signer_throws_reaches_the_caller()
    {
        var signer = new PatientSigner(Key.Es256);
        ValueTask<string> writing = JwsWriter.WriteAsync(signer, "JWT", "{}"u8.ToArray(), default);
        signer.Ready.SetException(new TimeoutException("the key service is away"));
        await Assert.ThrowsAsync<TimeoutException>(async () => await writing);
    }

    [Fact]
    public async Task A_large_payload_is_written()
    {
        byte[] payload = new byte[100_000];
        string token = await JwsWriter.WriteAsync(Key.Es256, "JWT", payload, default);
        string[] parts = token.Split('.');
        Assert.True(CanonicalBase64Url.TryDecode(parts[1], out byte[]? read));
        Assert.Equal(payload, read);
        Assert.True(Key.Es256.PublicKey.Verify("ES256", Encoding.ASCII.GetBytes(token[..token.LastIndexOf('.')]), Decoded(parts[2])));
    }

    [Fact]
    public async Task Writing_an_access_token_allocates_little_more_than_the_token()
    {
        JwtAccessToken claims = Sample.AccessToken;
        string token = await claims.WriteAsync(Key.Es256, default);
        for (int i = 0; i < 20; i++)
            await claims.WriteAsync(Key.Es256, default);
        long before = GC.GetAllocatedBytesForCurrentThread();
        ValueTask<string> writing = claims.WriteAsync(Key.Es256, default);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(writing.IsCompletedSuccessfully, "an in-process key signs before it returns");
        Assert.InRange(allocated, 1, (2 * token.Length) + 400);
        _ = await writing;
    }

    private static byte[] Decoded(string text) => CanonicalBase64Url.TryDecode(text, out byte[]? octets) ? octets : [];

    /// <summary>A key service that signs when it is told that it is ready.</summary>
    private sealed class PatientSigner(SigningKey key) : ISigner
    {
        public TaskCompletionSource Ready { get; } = new();
        public string KeyId => key.KeyId;
        public string Algorithm => key.Algorithm;
        public Jwk PublicKey => key.PublicKey;
        public int MaxSignatureLength => key.MaxSignatureLength;

        public async ValueTask<int> SignAsync(ReadOnlyMemory<byte> data, Memory<byte> signature, CancellationToken cancellationToken)
        {
            await Ready.Task;
            return await key.SignAsync(data, signature, cancellationToken);
        }
    }
}
