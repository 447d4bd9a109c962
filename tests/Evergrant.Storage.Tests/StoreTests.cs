using System.Text.Json;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;

namespace Evergrant.Storage.Tests;

/// <summary>What every class of the suite starts from: an open, empty store.</summary>
/// <typeparam name="TStore">The store.</typeparam>
public abstract class StoreTests<TStore> : IAsyncLifetime where TStore : IStoreUnderTest, new()
{
    protected TStore Store { get; } = new();

    protected IGrantStore Grants => Store.Grants;

    public async ValueTask InitializeAsync() => await Store.OpenAsync();

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected async Task ReopenAsync()
    {
        await Store.CloseAsync();
        await Store.OpenAsync();
    }

    protected async Task<CommitResult> CommitAsync(Change change, EventRecord? record = null) => await Grants.CommitAsync(change, record, default);

    protected async Task<Grant> GrantAsync(Guid id) => await Grants.FindGrantAsync(id, default) ?? throw new InvalidOperationException("The grant is not there.");

    /// <summary>Hands over n changes at once and returns the answers.</summary>
    protected async Task<CommitResult[]> AtOnceAsync(int count, Func<int, Change> change)
    {
        TaskCompletionSource start = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<CommitResult>[] all = [.. Enumerable.Range(0, count).Select(async i =>
        {
            await start.Task;
            return await Grants.CommitAsync(change(i), null, default);
        })];
        start.SetResult();
        return await Task.WhenAll(all);
    }

    /// <summary>That a sample has no member left as in the other: a member that is added later is seen to be untested.</summary>
    protected static void EveryMemberDiffers<T>(T sample, T other, params string[] same) => Assert.Equal(
        same, typeof(T).GetProperties().Where(member => member.CanWrite
            && JsonSerializer.Serialize(member.GetValue(sample)) == JsonSerializer.Serialize(member.GetValue(other))).Select(member => member.Name));

    /// <summary>Compares members deeply, lists and bytes included.</summary>
    protected static void Same<T>(T expected, T actual) => Assert.Equal(JsonSerializer.Serialize(expected), JsonSerializer.Serialize(actual));
}
