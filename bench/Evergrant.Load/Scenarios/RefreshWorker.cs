using Evergrant.Load.Http;

namespace Evergrant.Load.Scenarios;

/// <summary>Refreshes one grant, again and again, each time with the token the last answer carried.</summary>
internal sealed class RefreshWorker(Uri server, string path, string authorization, string refreshToken, AccessTokenCheck? check) : IWorker
{
    private readonly KeepAliveConnection connection = new(server);
    private readonly RequestWriter writer = new(server);
    private string refreshToken = refreshToken;

    /// <summary>Length of the last answer's body and access token: what the baseline imitates.</summary>
    public (int Body, int AccessToken, int RefreshToken) Sizes { get; private set; }

    public async ValueTask StepAsync()
    {
        await connection.SendAsync(writer.Post(path, "grant_type=refresh_token&refresh_token=" + refreshToken, authorization)).ConfigureAwait(false);
        var answer = TokenAnswer.Expect(connection);
        if (answer.RefreshToken is null || answer.RefreshToken == refreshToken) throw new WrongAnswerException("the refresh token was not rotated");
        refreshToken = answer.RefreshToken;
        check?.Check(answer.AccessToken!);
        Sizes = (connection.Body.Length, answer.AccessToken!.Length, refreshToken.Length);
    }

    public void Dispose() => connection.Dispose();
}
