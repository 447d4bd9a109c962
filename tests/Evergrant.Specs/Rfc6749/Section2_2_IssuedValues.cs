using System.Globalization;
using System.Text.RegularExpressions;

namespace Evergrant.Specs.Rfc6749;

/// <summary>RFC 6749 section 2.2 and 1.4, 1.5: whoever stores what the server issues can read how long it may be, and it is not longer.</summary>
public sealed partial class Section2_2_IssuedValues(Server server)
{
    [Fact]
    [Requirement("RFC6749-2.2-03")]
    public async Task What_is_issued_is_as_long_and_of_the_characters_that_the_documentation_says()
    {
        var documented = await Documented();
        var opaque = new ClientDefinition("sized-opaque") { AccessTokenFormat = "opaque" };
        var television = Rfc8628.DeviceClients.Television with { Id = "sized-tv" };
        await server.Declare(opaque);
        await server.Declare(television);
        var request = new AuthorizationRequest(server.Client(Clients.Web)).With("scope", "openid offline_access");
        var code = await (await server.SignedIn()).Code(request);
        var tokens = Tokens.Of(await server.Client(Clients.Web).Redeem(request, code));
        var device = await server.Client(television).Call("/device_authorization", [("scope", "openid")]);
        (string Name, string Value)[] issued =
        [
            ("`client_id`", server.Client(Clients.Web).Id), ("client secret", server.Client(Clients.Web).Secret), ("authorization code", code), ("refresh token", tokens.Refresh),
            ("opaque access token", (await server.Authorize(opaque, "openid")).AccessToken), ("`sub`", tokens.IdJwt.Claim("sub")!), ("device code", device.Text("device_code")!), ("user code", device.Text("user_code")!),
            ("`request_uri` of a pushed request", (await Rfc9126.Pushing.Push(request)).Text("request_uri")!),
        ];
        foreach (var (name, value) in issued)
        {
            var (prefix, characters, longest) = documented[name];
            Assert.InRange(value.Length, 1, longest);
            Assert.Matches($"^({prefix})[{characters}]+$", value);
        }
        // A client_id of the documented length is accepted, and of one character more refused.
        var longestId = new string('a', documented["`client_id`"].Longest);
        Assert.Equal(0, (await server.Apply(DeclaredState.Json(server.Issuer, new ClientDefinition(longestId) { RedirectUris = ["https://long.example/cb"] }))).ExitCode);
        Assert.NotEqual(0, (await server.Apply(DeclaredState.Json(server.Issuer, new ClientDefinition(longestId + "a") { RedirectUris = ["https://long.example/cb"] }))).ExitCode);
    }

    // The rows of the table: prefixes before "and", characters, and the longest.
    private static async Task<Dictionary<string, (string Prefix, string Characters, int Longest)>> Documented()
    {
        var rows = new Dictionary<string, (string, string, int)>();
        foreach (var line in await File.ReadAllLinesAsync(Path.Combine(EvergrantProgram.Repository, "docs", "guides", "issued-values.md")))
        {
            if (line.Split('|', StringSplitOptions.TrimEntries) is not [_, var name, var form, var longest, _] || !Number().IsMatch(longest)) continue;
            var words = Quoted().Matches(form).Select(m => m.Groups[1].Value).ToList();
            var split = words.FindIndex(w => w.Contains(' ', StringComparison.Ordinal) || w.StartsWith("BCD", StringComparison.Ordinal));
            var characters = split < 0 ? "A-Za-z0-9_-" : words[split].Replace(" ", "", StringComparison.Ordinal) + string.Concat(words.Skip(split + 1));
            rows[name] = (string.Join('|', words.Take(Math.Max(0, split)).Select(Regex.Escape)), characters, int.Parse(Number().Match(longest).Value.Replace(",", "", StringComparison.Ordinal), CultureInfo.InvariantCulture));
        }
        return rows;
    }

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex("^[0-9,]+")]
    private static partial Regex Number();
}
