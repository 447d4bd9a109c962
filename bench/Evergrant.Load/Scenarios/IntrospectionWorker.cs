using Evergrant.Load.Http;

namespace Evergrant.Load.Scenarios;

/// <summary>A resource server that introspects one access token of a user, again and again.</summary>
internal sealed class IntrospectionWorker(Target target, string accessToken) : IWorker
{
    private readonly KeepAliveConnection connection = new(target.Server);
    private readonly RequestWriter writer = new(target.Server);

    public async ValueTask StepAsync()
    {
        await connection.SendAsync(writer.Post(target.IntrospectionPath, "token=" + accessToken, target.Authorization)).ConfigureAwait(false);
        if (connection.Status != 200) throw new WrongAnswerException($"{connection.Status} to an introspection");
        if (connection.Body.Span.IndexOf("\"active\":true"u8) < 0) throw new WrongAnswerException("the token is not active");
        if (connection.Body.Span.IndexOf("\"client_id\":"u8) < 0) throw new WrongAnswerException("the answer names no client");
    }

    public void Dispose() => connection.Dispose();
}
