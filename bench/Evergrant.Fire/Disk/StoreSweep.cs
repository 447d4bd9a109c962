using System.Globalization;
using Evergrant.Fire.Native;
using Evergrant.Fire.PowerLoss;
using Evergrant.Fire.Seeding;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;
using Evergrant.Sqlite;

namespace Evergrant.Fire.Disk;

/// <summary>A process of its own, under the shim, that runs a fixed script on a new store again and again: in run i the i-th call on the disk fails, once or from then on.
/// Afterwards the store is opened on a disk that is well, and compared with what was promised.</summary>
/// <remarks>Prints a line for each run: its fault, the call, what was injected, what broke. The last line is "done".</remarks>
internal sealed class StoreSweep
{
    private static readonly (DiskCalls Calls, DiskFault Fault, bool Sticky)[] Sweeps =
    [
        (DiskCalls.Changes, DiskFault.Input, false), (DiskCalls.Changes, DiskFault.Input, true),
        (DiskCalls.Changes, DiskFault.Full, false), (DiskCalls.Changes, DiskFault.Full, true),
        (DiskCalls.Changes, DiskFault.Short, false), (DiskCalls.Changes, DiskFault.Short, true),
        (DiskCalls.Changes, DiskFault.ReadOnly, true), (DiskCalls.Syncs, DiskFault.Input, false),
        (DiskCalls.Reads, DiskFault.Input, false), (DiskCalls.Reads, DiskFault.Input, true),
    ];

    private readonly Promises _promises = new();
    private readonly List<string> _broken = [];
    private SqliteStore _store = null!;

    /// <summary>Runs all sweeps.</summary>
    /// <param name="folder">Folder below which each run has its store.</param>
    /// <param name="controlFile">Memory shared with the shim of this process.</param>
    /// <param name="stride">Every how manieth call is made to fail; 1: every one.</param>
    /// <param name="offset">The first call that fails, below the stride.</param>
    /// <param name="output">Takes the lines.</param>
    public static async Task RunAsync(string folder, string controlFile, int stride, int offset, TextWriter output)
    {
        using var control = new DiskControl(controlFile);
        foreach ((DiskCalls calls, DiskFault fault, bool sticky) in Sweeps)
        {
            for (int call = 1 + offset; ; call += stride)
            {
                string place = Directory.CreateDirectory(Path.Combine(folder, "run")).FullName;
                var run = new StoreSweep();
                (long injected, IReadOnlyList<string> broken) = await run.RunOnceAsync(place, control, calls, fault, call, sticky);
                Directory.Delete(place, recursive: true);
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{calls}-{fault.Name}-{(sticky ? "sticky" : "once")} {call} {injected} {string.Join("; ", broken)}"));
                if (injected == 0) break;
            }
        }
        output.WriteLine("done");
    }

    private async Task<(long Injected, IReadOnlyList<string> Broken)> RunOnceAsync(string folder, DiskControl control, DiskCalls calls, DiskFault fault, int call, bool sticky)
    {
        control.Arm(calls, fault, call, sticky);
        try
        {
            _store = await SqliteStore.OpenAsync(new SqliteOptions(folder) { CheckpointAt = 64 << 10, Readers = 1 });
            _store.KeepTime(TimeProvider.System);
            try
            {
                await ScriptAsync(folder);
            }
            finally
            {
                await _store.DisposeAsync();
            }
        }
        catch (StoreOpenException)
        {
            // An honest answer: nothing was served.
        }
        catch (Exception e)
        {
            _broken.Add($"I13: {e.GetType().Name}: {e.Message}");
        }
        control.Disarm();
        _broken.AddRange(await ImageCheck.ExamineAsync(folder, _promises));
        return (control.Injected, _broken);
    }

    private async Task ScriptAsync(string folder)
    {
        var seed = new GrantSeed("https://login.example", "web", DateTimeOffset.UtcNow, 1);
        for (int i = 1; i <= 6; i++) await DoAsync("create", seed.Pending(i).Id, 0, _ => new CreateGrant(seed.Pending(i)));
        for (int round = 0; round < 6; round++)
        {
            for (int i = 1; i <= 6; i++) await AdvanceAsync(seed.Pending(i).Id);
            await EventAsync($"EVNT-{round:D4}");
            Guid ends = seed.Pending(round + 1).Id;
            if (round >= 3) await DoAsync("revoke", ends, 0, _ => new RevokeGrant(ends, RevocationCause.RevokedByClient, DateTimeOffset.UtcNow));
        }
        try
        {
            await _store.BackupAsync(Path.Combine(folder, "copy.db"));
        }
        catch (Exception e) when (e is IOException or StoreUnavailableException)
        {
            // Said so: whoever asked for the backup knows that there is none.
        }
        for (int i = 1; i <= 6; i++) await AdvanceAsync(seed.Pending(i).Id);
    }

    private Task AdvanceAsync(Guid id) => DoAsync("advance", id, -1, row =>
        row is null || row.State == GrantState.Revoked ? null
        : new AdvanceGrant(id, row.Generation, row.Generation + 1, 1, DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddDays(14), row.ExpiresAt, row.Retries, (int)row.Generation + 1, 0) { RetriesBefore = row.Retries, MarkBefore = row.Mark });

    // As an endpoint does it: read the row, make the change that it allows, and tell what came of it.
    private async Task DoAsync(string what, Guid id, long number, Func<Grant?, Change?> decide)
    {
        string? failed = _store.Failure;
        try
        {
            Grant? row = await _store.Grants.FindGrantAsync(id, default);
            if (decide(row) is not { } change) return;
            if (change is AdvanceGrant advance) number = advance.To;
            if (change is RevokeGrant && row is null or { State: GrantState.Revoked }) return;
            if (change is CreateGrant && row is not null) return;
            _promises.Take(Promises.Asked(what, id, number));
            CommitResult result = await _store.Grants.CommitAsync(change, null, default);
            if (result == CommitResult.Conflict) _broken.Add($"I13: {what} {id} was called a conflict, and nobody else was there");
            if (result != CommitResult.Committed) return;
            if (failed is not null) _broken.Add($"F5: {what} {id} was acknowledged after the store had failed");
            _promises.Take(Promises.Answered(what, id, number));
        }
        catch (StoreUnavailableException)
        {
            // The answer is 503.
        }
    }

    private async Task EventAsync(string reference)
    {
        try
        {
            await _store.Grants.RecordAsync(new EventRecord { Reference = reference, At = DateTimeOffset.UtcNow, Decision = "Refused", Endpoint = "Token" }, default);
            _promises.Take(Promises.Answered("event", reference));
        }
        catch (StoreUnavailableException)
        {
            // The refusal stands without its record.
        }
    }
}
