using Xunit;

namespace Evergrant.Specs.Harness;

/// <summary>A successful token answer taken apart.</summary>
public sealed record Tokens(Reply Reply, string AccessToken, string? RefreshToken, string? IdToken, string? Scope)
{
    /// <summary>The refresh token; fails the test when there is none.</summary>
    public string Refresh
    {
        get
        {
            Assert.True(RefreshToken is not null, $"No refresh token came (scope: {Scope})");
            return RefreshToken;
        }
    }

    /// <summary>The access token as a JWT.</summary>
    public Jwt AccessJwt => Jwt.Parse(AccessToken);

    /// <summary>The ID token; fails the test when there is none.</summary>
    public Jwt IdJwt
    {
        get
        {
            Assert.True(IdToken is not null, $"No ID token came (scope: {Scope})");
            return Jwt.Parse(IdToken);
        }
    }

    /// <summary>The granted scope as a sorted list.</summary>
    public IReadOnlyList<string> Scopes => [.. (Scope ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)];

    /// <summary>Takes a token answer apart; fails the test when it is an error.</summary>
    public static Tokens Of(Reply reply)
    {
        reply.Expect(200);
        Assert.True(reply.Text("access_token") is not null, "The answer has no access_token");
        return new Tokens(reply, reply.Text("access_token")!, reply.Text("refresh_token"), reply.Text("id_token"), reply.Text("scope"));
    }
}
