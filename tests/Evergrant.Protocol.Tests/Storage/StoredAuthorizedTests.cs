using System.Reflection;
using System.Text;
using System.Text.Json;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;

namespace Evergrant.Protocol.Tests.Storage;

/// <summary>What was authorized, as a row keeps it.</summary>
public sealed class StoredAuthorizedTests
{
    private const string Written =
        """{"scope":"openid a","resources":["https://api.example/","urn:b"],"redirect_uri":"https://app.example/cb?x=1\u0026y=%C3%A9","code_challenge":"ch","dpop_key":"dk","nonce":"n\u0022\u00E9","claims":"{\u0022userinfo\u0022:null}","details":"[{}]","auth_time":"2026-01-02T03:04:05.678+00:00","acr":"2","amr":["pwd","otp"],"session_id":"s","actor":"{}","policy":"public","policy_overrides":"a/b","rules":"p","device_sso":true,"managed_id":"m","supersedes":"0198f3c1-1111-7222-8333-444455556666","issues_refresh_token":true}""";

    private static readonly Authorized Full = new()
    {
        Scope = "openid a",
        Resources = ["https://api.example/", "urn:b"],
        RedirectUri = "https://app.example/cb?x=1&y=%C3%A9",
        CodeChallenge = "ch",
        DpopKey = "dk",
        Nonce = "n\"é",
        Claims = """{"userinfo":null}""",
        Details = "[{}]",
        AuthTime = new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero),
        Acr = "2",
        Amr = ["pwd", "otp"],
        SessionId = "s",
        Actor = "{}",
        Policy = "public",
        PolicyOverrides = "a/b",
        Rules = GrantPolicy.Public,
        DeviceSso = true,
        ManagedId = "m",
        Supersedes = Guid.Parse("0198f3c1-1111-7222-8333-444455556666"),
        IssuesRefreshToken = true,
    };

    [Fact]
    public void Every_member_is_written_and_read_as_it_always_was()
    {
        Assert.All(Members(), member => Assert.NotEqual(member.GetValue(new Authorized { Scope = "", Policy = "" }), member.GetValue(Full)));
        Assert.Equal(Written, JsonSerializer.Serialize(Full, StoredJson.Default.Authorized));
        AssertSame(Full, StoredAuthorized.Parse(Encoding.UTF8.GetBytes(Written)));
        AssertSame(Full, JsonSerializer.Deserialize(Written, StoredJson.Default.Authorized)!);
    }

    [Fact]
    public void What_is_not_there_is_not_written_and_reads_as_nothing()
    {
        Authorized least = new() { Scope = "", Policy = "confidential" };
        Assert.Equal("""{"scope":"","resources":[],"policy":"confidential","device_sso":false,"issues_refresh_token":false}""", JsonSerializer.Serialize(least, StoredJson.Default.Authorized));
        AssertSame(least, Parse("""{"scope":"","policy":"confidential"}"""));
        AssertSame(least, Parse("""{"scope":"","policy":"confidential","resources":null,"nonce":null,"amr":null,"auth_time":null,"rules":null,"supersedes":null}"""));
        Assert.Equal(["a"], Parse("""{"scope":"","policy":"x","resources":["a"]}""").Resources);
    }

    [Fact]
    public void A_member_of_a_later_version_is_passed_over() =>
        AssertSame(new Authorized { Scope = "a", Policy = "public" }, Parse("""{"later":{"scope":"b","list":[1,{}]},"scope":"a","also":[[]],"policy":"public","last":null}"""));

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"scope":"a"}""")]
    [InlineData("""{"policy":"a"}""")]
    [InlineData("""{"scope":"a","policy":"b" """)]
    [InlineData("""{"scope":"a","policy":"b"}{}""")]
    [InlineData("""{"scope":1,"policy":"b"}""")]
    [InlineData("""{"scope":"a","policy":"b","resources":"c"}""")]
    [InlineData("""{"scope":"a","policy":"b","resources":[1]}""")]
    [InlineData("""{"scope":"a","policy":"b","resources":["c",{}]}""")]
    [InlineData("""{"scope":"a","policy":"b","device_sso":null}""")]
    [InlineData("""{"scope":"a","policy":"b","auth_time":"yesterday"}""")]
    [InlineData("""{"scope":"a","policy":"b","supersedes":"x"}""")]
    [InlineData("""{"scope":"\ud800","policy":"b"}""")]
    public void What_is_damaged_is_told_and_not_guessed(string json) => Assert.ThrowsAny<JsonException>(() => Parse(json));

    private static Authorized Parse(string json) => StoredAuthorized.Parse(Encoding.UTF8.GetBytes(json));

    private static IEnumerable<PropertyInfo> Members() => typeof(Authorized).GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(member => member.CanWrite);

    // Records compare lists by reference.
    private static void AssertSame(Authorized expected, Authorized actual) => Assert.All(Members(), member => Assert.Equal(member.GetValue(expected), member.GetValue(actual)));
}
