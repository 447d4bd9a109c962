namespace Evergrant.Fire.Postgres;

/// <summary>A primary with a synchronous and an asynchronous standby; who is which changes with each fail-over.</summary>
internal sealed class Trio : IAsyncDisposable
{
    private readonly ServerFolder _folder;

    private Trio(ServerFolder folder, Instance primary, Instance synchronous, Instance asynchronous)
    {
        (_folder, Primary, Synchronous, Asynchronous) = (folder, primary, synchronous, asynchronous);
        All = [primary, synchronous, asynchronous];
    }

    /// <summary>All three, always in the same order.</summary>
    public IReadOnlyList<Instance> All { get; }

    public Instance Primary { get; private set; }

    /// <summary>Has whatever was acknowledged.</summary>
    public Instance Synchronous { get; private set; }

    /// <summary>May lag.</summary>
    public Instance Asynchronous { get; private set; }

    /// <summary>Starts all three.</summary>
    public static async Task<Trio> StartAsync()
    {
        ServerFolder folder = await ServerFolder.CreateAsync();
        try
        {
            Trio trio = new(folder, new(folder, "a"), new(folder, "b"), new(folder, "c"));
            await trio.Primary.InitializeAsync();
            await trio.Primary.StartAsync();
            foreach (Instance standby in trio.All.Skip(1))
            {
                await standby.CloneAsync(trio.Primary);
                await standby.StartAsync();
            }
            await trio.DemandAsync(trio.Primary, trio.Synchronous);
            await trio.Primary.SynchronousAsync(trio.Synchronous);
            await trio.Primary.AskAsync<object>($"create database {FireDatabase.Name}");
            return trio;
        }
        catch
        {
            await folder.DisposeAsync();
            throw;
        }
    }

    /// <summary>As a node is told to find the primary of the three.</summary>
    /// <param name="ports">Where the three are reached, in their order; null for their own ports.</param>
    public string ConnectionString(IEnumerable<int>? ports = null) =>
        $"Host={string.Join(',', (ports ?? All.Select(i => i.Port)).Select(port => $"127.0.0.1:{port}"))};Username=evergrant;Database={FireDatabase.Name}";

    /// <summary>The first column of the first row, of the nodes' database at the primary.</summary>
    public Task<T?> AskAsync<T>(string sql) => Primary.AskAsync<T>(sql, FireDatabase.Name);

    /// <summary>Kills the primary and promotes the synchronous standby; the asynchronous one takes its place.</summary>
    /// <param name="promoted">Called when the new primary is one.</param>
    public async Task FailOverAsync(Action? promoted = null)
    {
        (Instance dead, Instance next, Instance third) = (Primary, Synchronous, Asynchronous);
        await dead.CrashAsync();
        // Set before it is a primary, so that none of its commits is without a standby.
        await DemandAsync(next, third);
        await next.PromoteAsync();
        (Primary, Synchronous, Asynchronous) = (next, third, dead);
        promoted?.Invoke();
        await third.FollowAsync(next.Port);
        if (!await third.ReceivesAsync(next, looks: 20))
        {
            // It had received more than the one that was promoted.
            await third.StopAsync();
            await third.RejoinAsync(next);
        }
        await next.SynchronousAsync(third);
    }

    /// <summary>Kills the primary and the synchronous standby, and promotes the asynchronous one, with whatever it has; it waits for nobody.</summary>
    /// <param name="whileNobodyAnswers">Called when the one is dead and the other not yet the primary.</param>
    public async Task FailOverToLaggingAsync(Action whileNobodyAnswers)
    {
        (Instance dead, Instance second, Instance next) = (Primary, Synchronous, Asynchronous);
        await Task.WhenAll(dead.CrashAsync(), second.CrashAsync());
        whileNobodyAnswers();
        await DemandAsync(next, null);
        await next.PromoteAsync();
        (Primary, Synchronous, Asynchronous) = (next, second, dead);
    }

    /// <summary>Brings both that were killed back as standbys of the present primary, which waits for the synchronous one again.</summary>
    public async Task RejoinBothAsync()
    {
        await Synchronous.RejoinAsync(Primary);
        await RejoinAsync();
        await DemandAsync(Primary, Synchronous);
        await Primary.SynchronousAsync(Synchronous);
    }

    /// <summary>Brings the one that was killed back, as the asynchronous standby.</summary>
    public async Task RejoinAsync()
    {
        await Asynchronous.RejoinAsync(Primary);
        if (!await Primary.SeesAsync(Asynchronous)) throw new InvalidOperationException($"{Asynchronous.Name} does not follow {Primary.Name}.");
    }

    /// <summary>Makes a primary wait for a standby before it acknowledges; null for nobody.</summary>
    public Task DemandAsync(Instance primary, Instance? standby) => primary.SetAsync("synchronous_standby_names", standby is null ? "''" : $"'{standby.Name}'");

    public ValueTask DisposeAsync() => _folder.DisposeAsync();
}
