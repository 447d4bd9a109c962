using Evergrant.Load.Http;

namespace Evergrant.Load.Scenarios;

/// <summary>A machine that asks for an access token of its own, again and again.</summary>
internal sealed class ClientCredentialsWorker(Target target) : IWorker
{
    private readonly KeepAliveConnection connection = new(target.Server);
    private readonly RequestWriter writer = new(target.Server);
    private string? last;

    public async ValueTask StepAsync()
    {
        await connection.SendAsync(writer.Post(target.TokenPath, "grant_type=client_credentials&scope=notes%3Aread", target.Authorization)).ConfigureAwait(false);
        var answer = TokenAnswer.Expect(connection);
        if (answer.RefreshToken is not null) throw new WrongAnswerException("client credentials with a refresh token");
        if (answer.AccessToken == last) throw new WrongAnswerException("the same access token twice");
        target.Check.Check(answer.AccessToken!);
        last = answer.AccessToken;
    }

    public void Dispose() => connection.Dispose();
}
