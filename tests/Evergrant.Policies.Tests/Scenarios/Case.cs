using System.Text.Json;
using Evergrant.Policies.Tests.Hosts;
using Evergrant.Policies.Tests.Oracle;

namespace Evergrant.Policies.Tests.Scenarios;

/// <summary>One user of one client, at the server and in the expectation. Every step is compared.</summary>
internal sealed class Case(PolicyHost host, Variant variant, string clientId, string user)
{
    /// <summary>Whether it is the first variant of its policy, with which what takes long is done.</summary>
    public bool IsFirst { get; } = Variant.All.First(v => v.Policy == variant.Policy) == variant;

    private const string Looker = "looker";
    private readonly World _world = new(new Rules(variant));
    private bool _consented;

    public Rules Rules { get; } = new(variant);

    public IReadOnlyList<Family> Families => _world.Families;

    public static void Advance(TimeSpan span) => CaseClock.MoveTo(CaseClock.At + span);

    /// <summary>Authorizes, and redeems the code.</summary>
    public async Task<Family> IssueAsync(string? scope = null, bool promptConsent = false)
    {
        Family family = await AuthorizeAsync(scope, promptConsent);
        await RedeemAsync(family);
        return family;
    }

    public async Task<Family> AuthorizeAsync(string? scope = null, bool promptConsent = false)
    {
        scope ??= variant.Scope;
        // A millisecond each, so that ids sort as they were made.
        Advance(TimeSpan.FromMilliseconds(1));
        string query = $"/authorize?client_id={clientId}&response_type=code&state=s&scope={Uri.EscapeDataString(scope)}&redirect_uri={Uri.EscapeDataString(PolicyHost.Redirect)}"
            + (variant.Type == "web" ? "" : $"&code_challenge={PolicyHost.Challenge}&code_challenge_method=S256") + (promptConsent ? "&prompt=consent" : "")
            + string.Concat(variant.Params.Select(p => $"&{p.Key}={Uri.EscapeDataString(p.Value)}"));
        using HttpRequestMessage request = new(HttpMethod.Get, query);
        request.Headers.Add(PolicyHost.UserHeader, user);
        using HttpResponseMessage response = await host.Http.SendAsync(request);
        string location = response.Headers.Location?.OriginalString ?? throw new InvalidOperationException($"No redirect: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        string code = location.Split('?', 2)[1].Split('&').Select(p => p.Split('=')).FirstOrDefault(p => p[0] == "code")?[1] ?? throw new InvalidOperationException($"No code: {location}");
        bool consents = promptConsent || !_consented;
        _consented |= Rules.OnlyAtConsent && consents;
        Rules asked = new(variant with { Scope = scope });
        Family family = new()
        {
            Number = _world.Families.Count, User = user, Code = Uri.UnescapeDataString(code), Scope = [.. scope.Split(' ')], Created = CaseClock.At, HasRefresh = asked.IssuesRefreshToken && (!asked.OnlyAtConsent || consents),
            AbsoluteEnd = CaseClock.At + Rules.Span("absolute_lifetime"),
        };
        _world.Families.Add(family);
        return family;
    }

    public async Task<Expected> RedeemAsync(Family family)
    {
        (int status, JsonElement answer) = await TokenAsync(("grant_type", "authorization_code"), ("code", family.Code), ("redirect_uri", PolicyHost.Redirect), ("code_verifier", variant.Type == "web" ? null : PolicyHost.Verifier));
        return Compare("redeem", _world.Redeem(family), status, answer);
    }

    /// <summary>Refreshes with the present refresh token, or another one.</summary>
    public async Task<Expected> RefreshAsync(Family family, int back = 0, string? scope = null)
    {
        string token = family.Refreshes[^(1 + back)];
        (int status, JsonElement answer) = await TokenAsync(("grant_type", "refresh_token"), ("refresh_token", token), ("scope", scope));
        return Compare($"refresh with token {family.Refreshes.Count - 1 - back} of {family.Refreshes.Count}", _world.Refresh(family, token, scope), status, answer);
    }

    public async Task RevokeAsync(Family family, Access? access)
    {
        string token = access?.Text ?? family.Refreshes[^1];
        using HttpResponseMessage response = await PostAsync("/revoke", clientId, ("token", token));
        Assert.Equal(200, (int)response.StatusCode);
        _world.Revoke(family, access);
    }

    /// <summary>Looks at every token that was ever handed out.</summary>
    public async Task CheckAsync(string when)
    {
        foreach (Family family in Families)
        {
            for (int i = 0; i < family.Refreshes.Count; i++)
            {
                if (variant.Type != "web") continue; // A public client has no credentials to introspect with, and nobody else may see its refresh tokens.
                Same(when, $"family {family.Number} refresh token {i}", _world.IsGood(family, family.Refreshes[i]), await IsActiveAsync(family.Refreshes[i], clientId));
            }
            for (int i = 0; i < family.Accesses.Count; i++) Same(when, $"family {family.Number} access token {i}", World.IsGood(family, family.Accesses[i]), await IsActiveAsync(family.Accesses[i].Text, Looker));
        }
    }

    public async Task<(int Status, JsonElement Answer)> TokenAsync(params (string Name, string? Value)[] form)
    {
        using HttpResponseMessage response = await PostAsync("/token", clientId, form);
        return ((int)response.StatusCode, JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement);
    }

    public static string Describe(JsonElement answer) => answer.TryGetProperty("error", out JsonElement error) ? $"{error} ({answer.GetProperty("error_description")})" : "tokens";

    private Task<HttpResponseMessage> PostAsync(string path, string client, params (string Name, string? Value)[] form) => host.Http.PostAsync(path, new FormUrlEncodedContent(
    [
        new("client_id", client), .. client == Looker || variant.Type == "web" ? [KeyValuePair.Create("client_secret", PolicyHost.Secret)] : Array.Empty<KeyValuePair<string, string>>(),
        .. form.Where(f => f.Value is not null).Select(f => KeyValuePair.Create(f.Name, f.Value!)),
    ]));

    private async Task<bool> IsActiveAsync(string token, string asker)
    {
        using HttpResponseMessage response = await PostAsync("/introspect", asker, ("token", token));
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("active").GetBoolean();
    }

    private Expected Compare(string step, Expected expected, int status, JsonElement answer)
    {
        string? error = answer.TryGetProperty("error", out JsonElement code) ? code.GetString() : null;
        if (error != expected.Error || status != (error is null ? 200 : 400)) throw new InvalidOperationException($"{step} at {CaseClock.At - CaseClock.Start:c}: expected {expected.Error ?? "tokens"}, but the answer is {status} {Describe(answer)}.");
        if (error is not null) return expected;
        Family family = expected.Family!;
        string? refresh = answer.TryGetProperty("refresh_token", out JsonElement token) ? token.GetString() : null;
        if (expected.Refresh == "new")
        {
            if (refresh is null || Families.Any(f => f.Refreshes.Contains(refresh))) throw new InvalidOperationException($"{step}: expected a new refresh token.");
            family.Refreshes[^1] = refresh;
        }
        else if ((refresh ?? "none") != expected.Refresh) throw new InvalidOperationException($"{step}: expected {(expected.Refresh == "none" ? "no refresh token" : "a refresh token that is known")}.");
        family.Accesses.Add(new Access { Text = answer.GetProperty("access_token").GetString()!, Serial = expected.Serial, End = EndOf(step, expected, answer) });
        return expected;
    }

    private DateTimeOffset? EndOf(string step, Expected expected, JsonElement answer)
    {
        int? seconds = answer.TryGetProperty("expires_in", out JsonElement given) ? given.GetInt32() : null;
        DateTimeOffset? least = Earlier(expected.Issued + Rules.Life?.Least, expected.Family!.AbsoluteEnd), most = Earlier(expected.Issued + Rules.Life?.Most, expected.Family.AbsoluteEnd);
        if (least is null != seconds is null) throw new InvalidOperationException($"{step}: expires_in is {seconds?.ToString() ?? "absent"}.");
        if (least is null) return null;
        int low = (int)(least.Value - CaseClock.At).TotalSeconds, high = (int)(most!.Value - CaseClock.At).TotalSeconds;
        if (seconds < low || seconds > high) throw new InvalidOperationException($"{step}: expires_in is {seconds}, expected {low} to {high}.");
        // The end is written in whole seconds.
        DateTimeOffset end = low == high ? least.Value : CaseClock.At + TimeSpan.FromSeconds(seconds!.Value);
        return DateTimeOffset.FromUnixTimeSeconds(end.ToUnixTimeSeconds());
    }

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) => one is null || other < one ? other : one;

    private static void Same(string when, string what, bool expected, bool actual)
    {
        if (expected != actual) throw new InvalidOperationException($"{when}, at {CaseClock.At - CaseClock.Start:c}: {what} is {(actual ? "good" : "dead")}, expected {(expected ? "good" : "dead")}.");
    }
}
