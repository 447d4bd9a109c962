namespace Evergrant.Specs.Rfc6749;

/// <summary>RFC 6749 section 2.3.1: guessing client secrets.</summary>
public sealed class Section2_3_1_Throttling(Server server)
{
    private const int Allowed = 20;

    [Theory]
    [InlineData(0, "/token")]
    [InlineData(1, "/revoke")]
    [InlineData(2, "/introspect")]
    [Requirement("RFC6749-2.3.1-04", "RFC9700-4.13-01", "ATTACK-194")]
    public async Task Repeated_wrong_secrets_are_throttled_for_that_client_alone(int which, string path)
    {
        var hammered = server.Client(Clients.Hammered[which]);
        (string, string)[] form = [("grant_type", "refresh_token"), ("refresh_token", "x"), ("token", "x")];

        // The count begins anew with each minute, so the last of the free attempts may come later than the twentieth, once.
        Reply throttled;
        var attempts = 0;
        do throttled = await server.Api.Post(path, form, Api.Basic(hammered.Id, $"wrong-{attempts++}"));
        while (throttled.Status == 401 && attempts <= 2 * Allowed);
        var spoofed = new HttpRequestMessage(HttpMethod.Post, server.Api.Url(path)) { Content = Api.Form(form) };
        spoofed.Headers.TryAddWithoutValidation("Authorization", Api.Basic(hammered.Id, "wrong-elsewhere"));
        spoofed.Headers.TryAddWithoutValidation("X-Forwarded-For", "203.0.113.7");
        spoofed.Headers.TryAddWithoutValidation("Forwarded", "for=203.0.113.7");

        throttled.Expect(429);
        Assert.True(attempts > Allowed, $"Throttled after {attempts}");
        Assert.True(int.TryParse(throttled.Header("Retry-After"), out var seconds) && seconds is > 0 and <= 3600, $"Retry-After: {throttled.Header("Retry-After")}");
        (await server.Api.Send(spoofed)).Expect(429);
        (await server.Client(Clients.Web).Revoke("x")).Expect(200);
    }
}
