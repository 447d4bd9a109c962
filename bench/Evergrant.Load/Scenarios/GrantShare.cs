namespace Evergrant.Load.Scenarios;

/// <summary>The numbers of grants that one of many workers has for itself, all over the table. The table is cut into blocks; the last grant of each is in use, or any of the others.</summary>
/// <param name="Worker">From 0; its blocks are every <paramref name="Workers"/>th.</param>
/// <param name="Workers">How many share the blocks; at most as many as there are.</param>
/// <param name="Count">Grants in the table, numbered from 1.</param>
/// <param name="Block">Grants in a block; 1 when all of them are in use.</param>
/// <param name="InUse">Whether the last of a block is taken; otherwise any of the others.</param>
internal sealed record GrantShare(int Worker, int Workers, int Count, int Block, bool InUse)
{
    /// <summary>The shares of all workers.</summary>
    /// <param name="workers">How many; fewer when there are not so many grants in use.</param>
    /// <param name="count">Grants in the table.</param>
    /// <param name="inUse">How many of them are in use.</param>
    /// <param name="any">Whether the shares are of those that are not in use.</param>
    public static IReadOnlyList<GrantShare> Of(int workers, int count, int inUse, bool any = false)
    {
        var block = Math.Max(1, count / Math.Max(1, inUse));
        var some = Math.Min(workers, count / block);
        return [.. Enumerable.Range(0, some).Select(worker => new GrantShare(worker, some, count, block, !any))];
    }

    /// <summary>One of them, all equally likely.</summary>
    public int Pick(Random random)
    {
        var block = Worker + Workers * random.Next((Count / Block - Worker - 1) / Workers + 1);
        return block * Block + (InUse ? Block : 1 + random.Next(Block - 1));
    }
}
