namespace Evergrant.Jose.Tests;

/// <summary>Claims that hold at <see cref="Now"/>.</summary>
internal static class Sample
{
    public const string Issuer = "https://issuer.example";
    public const string Api = "https://api.example";
    public const string Client = "client-1";
    public static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);
    public static readonly long Second = Now.ToUnixTimeSeconds();

    public static readonly JwtAccessToken AccessToken = new()
    {
        Issuer = Issuer,
        Subject = "alice",
        Audience = [Api],
        ClientId = Client,
        IssuedAt = Now,
        ExpiresAt = Now.AddMinutes(5),
        JwtId = "token-1",
    };

    public static readonly IdToken IdToken = new()
    {
        Issuer = Issuer,
        Subject = "alice",
        Audience = Client,
        IssuedAt = Now,
        ExpiresAt = Now.AddMinutes(5),
    };

    public static readonly ClientAssertion Assertion = new()
    {
        ClientId = Client,
        Audience = [Issuer],
        ExpiresAt = Now.AddMinutes(1),
        JwtId = "assertion-1",
    };
}
