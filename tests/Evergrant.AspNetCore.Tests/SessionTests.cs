using System.Text;
using System.Text.Json;
using Evergrant.Protocol.Clients;

namespace Evergrant.AspNetCore.Tests;

public sealed class SessionTests
{
    [Fact]
    public async Task No_grant_is_made_for_a_session_that_has_just_ended_and_the_person_is_asked_to_sign_in()
    {
        await using Host host = await Host.StartAsync();
        host.Store.SessionsEnd = true;
        using HttpResponseMessage asked = await host.AuthorizeAsync();
        Assert.Equal("sign-in", await asked.Content.ReadAsStringAsync());
        using HttpResponseMessage silent = await host.AuthorizeAsync("&prompt=none");
        Assert.Equal("login_required", Host.Location(silent)["error"]);
        Assert.Empty(host.Store.Grants);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task Every_ID_Token_carries_auth_time_whether_its_client_must_have_it_or_not(bool required)
    {
        await using Host host = await Host.StartAsync();
        Client client = host.Store.Clients[0];
        host.Store.Clients[0] = client with { RequireAuthTime = required };
        JsonElement tokens = await host.TokensAsync();
        Assert.True(Claims(tokens).TryGetProperty("auth_time", out JsonElement first));
        JsonElement refreshed = await Host.Json(await host.RefreshAsync(tokens.GetProperty("refresh_token").GetString()!));
        Assert.Equal(first.GetInt64(), Claims(refreshed).GetProperty("auth_time").GetInt64());
    }

    private static JsonElement Claims(JsonElement tokens)
    {
        string part = tokens.GetProperty("id_token").GetString()!.Split('.')[1].Replace('-', '+').Replace('_', '/');
        return JsonDocument.Parse(Encoding.UTF8.GetString(Convert.FromBase64String(part.PadRight((part.Length + 3) / 4 * 4, '=')))).RootElement;
    }
}
