using System.Diagnostics;
using Evergrant.Fire.Seeding;
using Evergrant.Load.Scenarios;
using Evergrant.Postgres;
using Evergrant.Protocol.Grants;
using Evergrant.Sqlite;

namespace Evergrant.Load.Server;

/// <summary>A server with a table of grants that is as large as it shall be. One of them was made through the pages; the others are like it.</summary>
internal sealed class SeededSite : IAsyncDisposable
{
    private readonly string program;
    private readonly ServerPlace place;
    private readonly GrantSeed seed;
    private readonly CredentialKeys keys;

    private SeededSite(string program, ServerPlace place, Target target, GrantSeed seed, CredentialKeys keys, ServerRun server) =>
        (this.program, this.place, Target, this.seed, this.keys, Server) = (program, place, target, seed, keys, server);

    /// <summary>The client and the endpoints.</summary>
    public Target Target { get; }

    /// <summary>Grants that were put in.</summary>
    public required int Count { get; init; }

    /// <summary>How long that took.</summary>
    public required TimeSpan Seeding { get; init; }

    /// <summary>Bytes by which the file, or the table with its indexes, is larger for it.</summary>
    public required long Bytes { get; init; }

    /// <summary>Name of its database; null with SQLite.</summary>
    public required string? DatabaseName { get; init; }

    /// <summary>Connection string of its database; null with SQLite.</summary>
    public string? Postgres => place.Postgres;

    /// <summary>The running server.</summary>
    public ServerRun Server { get; private set; }

    /// <summary>Makes it and starts its server.</summary>
    /// <param name="program">The published program.</param>
    /// <param name="count">How many grants.</param>
    /// <param name="database">Where its database is made; null for a file.</param>
    /// <param name="cores">The server's cores.</param>
    /// <param name="cancellation">Ends it.</param>
    public static async Task<SeededSite> OpenAsync(string program, int count, PostgresRun? database, string cores, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("evergrant-load-").FullName;
        try
        {
            var name = database is null ? null : $"grants_{count}";
            var place = new ServerPlace { Folder = folder, Port = ServerRun.FreePort(), Postgres = database is null ? null : await database.CreateAsync(name!), Cores = cores };
            Target target;
            string token;
            await using (var first = await ServerRun.StartAsync(program, place))
            {
                target = await first.DeclareAsync(program);
                using var visitor = new Visitor(target);
                token = (await visitor.AuthorizeAsync()).RefreshToken!;
            }

            var keys = RootKeyFile.Read(folder);
            var like = await FindAsync(place, GrantCredential.Read(keys, CredentialKind.RefreshToken, token)!.GrantId);
            var seed = new GrantSeed(like.Issuer, like.ClientId, DateTimeOffset.UtcNow, keys.CurrentNumber) { Like = like };
            var before = await WeighAsync(folder, database, name);
            var since = Stopwatch.GetTimestamp();
            await FillAsync(place, Enumerable.Range(1, count).Select(number => seed.Active(number)), cancellation);
            if (database is not null) await database.CheckpointAsync();
            var took = Stopwatch.GetElapsedTime(since);
            var bytes = await WeighAsync(folder, database, name) - before;
            return new SeededSite(program, place, target, seed, keys, await ServerRun.StartAsync(program, place)) { Count = count, DatabaseName = name, Seeding = took, Bytes = bytes };
        }
        catch
        {
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    /// <summary>Workers, one for each share.</summary>
    public IReadOnlyList<SpreadRefreshWorker> Open(IEnumerable<GrantShare> shares) => [.. shares.Select(share => new SpreadRefreshWorker(Target, seed, keys, share))];

    /// <summary>Kills the server, which has nothing to do, and starts it again.</summary>
    /// <param name="workers">Whose first takes the first step.</param>
    /// <returns>From the start of the process to the first refresh that is answered.</returns>
    public async Task<TimeSpan> StartAgainAsync(IReadOnlyList<SpreadRefreshWorker> workers)
    {
        await Server.KillAsync();
        await Server.DisposeAsync();
        foreach (var worker in workers) worker.Ask([Target.Server]);
        var since = Stopwatch.GetTimestamp();
        Server = await ServerRun.StartAsync(program, place);
        await workers[0].StepAsync();
        return Stopwatch.GetElapsedTime(since);
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Directory.Delete(place.Folder!, recursive: true);
    }

    private static Task<long> FillAsync(ServerPlace place, IEnumerable<Grant> grants, CancellationToken cancellation) =>
        place.Postgres is null ? SqliteSeeder.SeedAsync(place.Folder!, grants, cancellation) : PostgresSeeder.SeedAsync(place.Postgres, grants, cancellation);

    private static async Task<long> WeighAsync(string folder, PostgresRun? database, string? name) =>
        database is null ? new DirectoryInfo(folder).EnumerateFiles("*.db").Sum(file => file.Length) : await database.GrantBytesAsync(name!);

    private static async Task<Grant> FindAsync(ServerPlace place, Guid id)
    {
        if (place.Postgres is null)
        {
            await using var file = await SqliteStore.OpenAsync(new SqliteOptions(place.Folder!));
            return (await file.Grants.FindGrantAsync(id, default))!;
        }

        await using var database = await PostgresStore.OpenAsync(new PostgresOptions(place.Postgres));
        return (await database.Grants.FindGrantAsync(id, default))!;
    }
}
