namespace Evergrant.Load.Scenarios;

/// <summary>A user who is signed in already sees the consent page, allows, and the client redeems the code: three requests a step.</summary>
internal sealed class CodeWorker(Target target, Visitor visitor) : IWorker
{
    public async ValueTask StepAsync()
    {
        var tokens = await visitor.AuthorizeAsync("prompt=consent").ConfigureAwait(false);
        target.Check.Check(tokens.AccessToken!);
    }

    public void Dispose() => visitor.Dispose();
}
