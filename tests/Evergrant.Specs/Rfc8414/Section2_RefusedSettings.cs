using System.Text.Json.Nodes;

namespace Evergrant.Specs.Rfc8414;

/// <summary>RFC 8414 section 2: an issuer that is none does not start; and settings that nobody reads are faults.</summary>
public sealed class Section2_RefusedSettings
{
    [Theory]
    [InlineData("https://auth.example?tenant=1")]
    [InlineData("https://auth.example/#x")]
    [InlineData("auth.example")]
    [InlineData("ftp://auth.example")]
    [Requirement("RFC8414-2-01")]
    public async Task An_issuer_that_is_no_plain_https_url_does_not_start(string issuer)
    {
        var refusal = await Refusals.Of(settings => settings["issuers"] = Refusals.Issuers(issuer));

        Assert.NotEqual(0, refusal.ExitCode);
        Assert.Contains(issuer, refusal.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_faults_come_in_one_message()
    {
        var refusal = await Refusals.Of(settings =>
        {
            settings["issuers"] = Refusals.Issuers("http://one.example", "https://two.example?x");
            settings["colour"] = "blue";
            settings["certificate"] = new JsonObject { ["path"] = "/nowhere/cert.pem", ["key_path"] = "/nowhere/key.pem" };
        });

        Assert.NotEqual(0, refusal.ExitCode);
        Assert.All(["http://one.example", "https://two.example?x", "colour", "/nowhere/cert.pem"], fault => Assert.Contains(fault, refusal.Output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_issuer_named_twice_does_not_start()
    {
        var refusal = await Refusals.Of(settings => settings["issuers"] = Refusals.Issuers("https://auth.example", "https://auth.example"));

        Assert.NotEqual(0, refusal.ExitCode);
    }
}
