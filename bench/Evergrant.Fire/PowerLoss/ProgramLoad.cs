using Evergrant.Fire.Disk;
using Evergrant.Fire.Native;

namespace Evergrant.Fire.PowerLoss;

/// <summary>The real program under the shim, with clients that refresh, redeem codes and revoke over HTTP, until it is killed.</summary>
internal sealed class ProgramLoad(DiskShim shim, DrillSetting setting, int seed) : IAsyncDisposable
{
    private const int Clients = 12, GrantsEach = 12, CodesEach = 60;

    private readonly string _place = Directory.CreateDirectory(Path.Combine(setting.Scratch, $"program-{seed}")).FullName;
    private SeededFolder _seeded = null!;
    private long[] _generations = [];
    private bool[] _revoked = [];

    /// <summary>The folder that was recorded.</summary>
    public string Folder => Path.Combine(_place, "data");

    /// <summary>How often the program was started on an image.</summary>
    public int Started { get; private set; }

    /// <summary>Records.</summary>
    /// <param name="requests">Requests in all.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<DiskLog> RecordAsync(int requests, CancellationToken cancellationToken)
    {
        string log = Path.Combine(_place, "disk.log");
        _seeded = await SeededFolder.MakeAsync(setting.Program, Folder, Clients * GrantsEach, Clients * CodesEach, seed, cancellationToken);
        _generations = [.. Enumerable.Repeat(1L, Clients * GrantsEach), .. new long[Clients * CodesEach]];
        _revoked = new bool[_generations.Length];
        await using (ProgramUnderShim server = await ProgramUnderShim.StartAsync(setting.Program, Folder, _seeded.Issuer, start => shim.Preload(start, Folder, log, skipSyncs: true), cancellationToken))
        {
            using var notes = new LogNotes(log);
            using TokenCalls calls = server.Client();
            // What was there before the recording began is on the disk.
            for (int i = 0; i < _generations.Length; i++) notes.Write(Promises.Before("create", _seeded.Id(i + 1), _generations[i]));
            try
            {
                await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => Task.Run(() => RunAsync(client, requests / Clients, calls, notes), cancellationToken)));
            }
            catch (InvalidOperationException e)
            {
                throw new InvalidOperationException($"{e.Message}; the server said:\n{server.Said}", e);
            }
            await server.KillAsync();
        }
        return DiskLog.Read(await File.ReadAllBytesAsync(log, cancellationToken));
    }

    /// <summary>Starts the program on an image and asks it about some grants: what was acknowledged last must go on, what was revoked must not.</summary>
    public async Task<IReadOnlyList<string>> AskAsync(string folder, Promises promises, CancellationToken cancellationToken)
    {
        Started++;
        List<string> broken = [];
        try
        {
            await using ProgramUnderShim server = await ProgramUnderShim.StartAsync(setting.Program, folder, _seeded.Issuer, null, cancellationToken);
            using TokenCalls calls = server.Client();
            for (long number = 1; number <= Clients * GrantsEach; number += 3)
            {
                if (promises.Of(_seeded.Id(number)) is not { } promised) continue;
                TokenReply reply = await calls.RefreshAsync(_seeded.Token(number, promised.Lowest));
                if (promised.Revoked && reply.Status != 400) broken.Add($"I3: a token of the revoked grant {number} was answered {reply.Status}");
                if (!promised.RevokeAsked && reply.Status != 200) broken.Add($"I1: the last token of grant {number} was answered {reply.Status} {reply.Error}");
            }
        }
        catch (InvalidOperationException e)
        {
            broken.Add("the program did not start: " + e.Message);
        }
        return broken;
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_place, recursive: true);
        return ValueTask.CompletedTask;
    }

    private async Task RunAsync(int client, int requests, TokenCalls calls, LogNotes notes)
    {
        var random = new Random(seed * 100 + client);
        int codes = Clients * GrantsEach + client * CodesEach, redeemed = 0;
        for (int i = 0; i < requests; i++)
        {
            int choice = random.Next(100);
            if (choice < 6 && redeemed < CodesEach) await AdvanceAsync(codes + redeemed++, calls.RedeemAsync, notes);
            else if (choice < 9) await RevokeAsync(Any(client, random), calls, notes);
            else await AdvanceAsync(Any(client, random), calls.RefreshAsync, notes);
        }
    }

    private static int Any(int client, Random random) => client * GrantsEach + random.Next(GrantsEach);

    private async Task AdvanceAsync(int grant, Func<string, Task<TokenReply>> ask, LogNotes notes)
    {
        if (_revoked[grant]) return;
        long number = grant + 1, generation = _generations[grant];
        notes.Write(Promises.Asked("advance", _seeded.Id(number), generation + 1));
        TokenReply reply = await ask(generation == 0 ? _seeded.Code(number) : _seeded.Token(number, generation));
        if (reply.Status != 200 || reply.RefreshToken != _seeded.Token(number, generation + 1)) throw new InvalidOperationException($"Grant {number} at {generation} was answered {reply.Status} {reply.Error}");
        _generations[grant] = generation + 1;
        notes.Write(Promises.Answered("advance", _seeded.Id(number), generation + 1));
    }

    private async Task RevokeAsync(int grant, TokenCalls calls, LogNotes notes)
    {
        if (_revoked[grant]) return;
        long number = grant + 1;
        notes.Write(Promises.Asked("revoke", _seeded.Id(number)));
        TokenReply reply = await calls.RevokeAsync(_seeded.Token(number, _generations[grant]));
        if (reply.Status != 200) throw new InvalidOperationException($"The revocation of grant {number} was answered {reply.Status} {reply.Error}");
        _revoked[grant] = true;
        notes.Write(Promises.Answered("revoke", _seeded.Id(number)));
    }
}
