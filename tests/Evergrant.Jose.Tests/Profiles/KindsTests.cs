namespace Evergrant.Jose.Tests;

public sealed class KindsTests
{
    // One key, one name for everything: only the rules of the kinds keep them apart.
    private const string Name = "https://one.example";
    private static readonly JwkSet Keys = Forged.SetOf(Key.Es256);

    [Fact]
    [Requirement("RFC8725-3.12-01", "ATTACK-164")]
    public async Task No_kind_of_token_passes_for_another()
    {
        string access = await (Sample.AccessToken with { Issuer = Name, Subject = Name, Audience = [Name], ClientId = Name }).WriteAsync(Key.Es256, default);
        string id = await (Sample.IdToken with { Issuer = Name, Subject = Name, Audience = Name }).WriteAsync(Key.Es256, default);
        string assertion = await (Sample.Assertion with { ClientId = Name, Audience = [Name], IssuedAt = Sample.Now }).WriteAsync(Key.Es256, default);

        Assert.Equal([true, false, false], ((string[])[access, id, assertion]).Select(token => JwtAccessToken.Judge(token, Keys, Name, Name, Sample.Now, default).Holds));
        Assert.Equal([false, true, false], ((string[])[access, id, assertion]).Select(token => IdToken.JudgeAsHint(token, Keys, Name).Holds));
        Assert.Equal([false, false, true], ((string[])[access, id, assertion]).Select(token => ClientAssertion.Judge(token, Keys, Name, [Name], [SignatureAlgorithm.ES256], Sample.Now).Holds));
    }
}
