namespace Evergrant.Load.Scenarios;

/// <summary>Makes the workers of each scenario; grants are prepared through the code flow, in one session.</summary>
internal static class Workers
{
    /// <summary>The scenarios that run against the server, by name.</summary>
    public static readonly IReadOnlyList<string> Names = ["refresh", "client-credentials", "introspection", "code"];

    public static async Task<IReadOnlyList<IWorker>> OpenAsync(string scenario, Target target, int count)
    {
        if (scenario == "client-credentials") return [.. Enumerable.Range(0, count).Select(_ => new ClientCredentialsWorker(target))];

        using var first = new Visitor(target);
        await first.AuthorizeAsync();
        var workers = new List<IWorker>(count);
        for (var made = 0; made < count; made++)
        {
            var visitor = first.SameSession();
            if (scenario == "code")
            {
                workers.Add(new CodeWorker(target, visitor));
                continue;
            }

            var tokens = await visitor.AuthorizeAsync();
            visitor.Dispose();
            workers.Add(scenario switch
            {
                "refresh" => new RefreshWorker(target.Server, target.TokenPath, target.Authorization, tokens.RefreshToken!, target.Check),
                "introspection" => new IntrospectionWorker(target, tokens.AccessToken!),
                _ => throw new ArgumentException($"There is no scenario '{scenario}': {string.Join(", ", Names)}."),
            });
        }

        return workers;
    }
}
