using BenchmarkDotNet.Attributes;
using Evergrant.Jose;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Keys;
using Evergrant.Protocol.Token;

namespace Evergrant.Benchmarks;

/// <summary>What a refresh computes between the form and the answer: everything but HTTP and the store.</summary>
[MemoryDiagnoser]
public class RefreshSteps
{
    private const string Issuer = "http://localhost:5000";
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);
    private static readonly NumberedKeys SecretKeys = new([new(1, new byte[32])], 1);
    private static readonly string Secret = ClientSecret.New(new byte[32]);

    private readonly CredentialKeys keys = new([new(1, new byte[32])]);
    private readonly SigningKey signer = SigningKey.Create("ES256", "bench");
    private readonly byte[] hash = new byte[64];
    private readonly byte[] signature = new byte[64];
    private readonly ScopeCatalogue catalogue = new(
        [new ApiResource { Identifier = "https://notes.example", Scopes = [new("notes:read"), new("notes:write")] }], []);

    private readonly Client client = new()
    {
        Issuer = Issuer,
        ClientId = "bench",
        SecretHashes = [ClientSecret.Hash(Secret, SecretKeys)],
        Scopes = ["notes:read", "notes:write", "offline_access"],
        Resources = ["https://notes.example"],
        CreatedAt = Now,
    };

    private readonly Grant grant = new()
    {
        Id = Guid.CreateVersion7(),
        Issuer = Issuer,
        ClientId = "bench",
        Subject = Guid.CreateVersion7().ToString("N"),
        State = GrantState.Active,
        Generation = 1000,
        GenerationAt = Now,
        KeyNumber = 1,
        AccessSerial = 1000,
        CreatedAt = Now,
        IdleExpiresAt = Now + TimeSpan.FromDays(14),
        ExpiresAt = Now + TimeSpan.FromDays(90),
        Salt = new byte[16],
        Authorized = new Authorized { Scope = "notes:read notes:write offline_access", Policy = "confidential", AuthTime = Now, IssuesRefreshToken = true },
    };

    private string token = "";
    private GrantCredential credential = null!;
    private JwtAccessToken access = null!;

    /// <summary>A refresh token of the grant, read, and the access token that its refresh yields.</summary>
    [GlobalSetup]
    public void Prepare()
    {
        token = WriteCredential();
        credential = ReadCredential()!;
        access = new AccessToken
        {
            Issuer = Issuer,
            ClientId = "bench",
            Subject = grant.Subject!,
            Audience = ["https://notes.example"],
            Scope = "notes:read notes:write offline_access",
            IssuedAt = Now,
            ExpiresAt = Now + TimeSpan.FromMinutes(5),
            Id = Guid.CreateVersion7().ToString("N"),
            GrantId = grant.Id,
            Serial = 1001,
        }.ToJwt(grant.Authorized);
        if (Decide() is not Rotated) throw new InvalidOperationException("The decision is not Rotated.");
    }

    [Benchmark(Description = "authenticate the client (HMAC of its secret)")]
    public ClientDecision Authenticate() => ClientAuthentication.Decide(new ShownCredentials("bench", Secret, null, true), client, SecretKeys, Issuer, Issuer + "/token", Now);

    [Benchmark(Description = "read the refresh token (check)")]
    public GrantCredential? ReadCredential() => GrantCredential.Read(keys, CredentialKind.RefreshToken, token);

    [Benchmark(Description = "decide (tag, rows 1 to 10, scope, audience)")]
    public TokenDecision Decide() => RefreshTokenGrant.Decide(
        new TokenRequest { GrantType = RefreshTokenGrant.Name, RefreshToken = token }, credential, grant, Issuer, client, catalogue, keys, Now);

    [Benchmark(Description = "write the successor (check, tag)")]
    public string WriteCredential() => GrantCredential.Write(keys, 1, CredentialKind.RefreshToken, grant, grant.Generation);

    [Benchmark(Description = "write the access token (JWT, ES256)")]
    public async Task<string> WriteAccessToken() => await access.WriteAsync(signer, CancellationToken.None);

    [Benchmark(Description = "of which the ES256 signature")]
    public async Task<int> Sign() => await signer.SignAsync(hash, signature, CancellationToken.None);
}
