using Evergrant.Fire.PowerLoss;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;
using Evergrant.Sqlite;

namespace Evergrant.Fire.Disk;

/// <summary>damage (F6, F24): bits of the files turn over, the log is cut or removed, another process opens the store. It refuses, in words that point to the restore, or gives no wrong answer.</summary>
internal sealed class DamageDrill : IDrill
{
    private const int Grants = 300;

    private readonly List<string> _violations = [];
    private readonly List<DrillFigure> _figures = [];
    private readonly Promises _promises = new();

    public string Name => "damage";

    public string Sentence => "bits turn over, the log is cut or gone, a second process comes: refused in words, or no wrong answer";

    public async Task<DrillResult> RunAsync(DrillSetting setting, CancellationToken cancellationToken)
    {
        SeededFolder seeded = await SeededFolder.MakeAsync(setting.Program, Path.Combine(setting.Scratch, "data"), Grants, 0, setting.Seed, cancellationToken);
        var expected = new Dictionary<Guid, Grant>();
        await using (ProgramUnderShim server = await ProgramUnderShim.StartAsync(setting.Program, seeded.Folder, seeded.Issuer, null, cancellationToken))
        {
            using TokenCalls calls = server.Client();
            await ShareAsync(setting, seeded, calls, server, cancellationToken);
            for (long number = 1; number <= Grants; number++) await AdvanceAsync(seeded, calls, number, 2);
            // The mark is moved once a second: what is written after this wait is at the end of the log, and known to the mark.
            using (var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(1100))) await timer.WaitForNextTickAsync(cancellationToken);
            for (long number = 1; number <= 5; number++) await AdvanceAsync(seeded, calls, number, 3);
            await server.KillAsync();
        }
        string scratch = Recording.InMemory(setting.Scratch);
        try
        {
            await LogAsync(setting, seeded, scratch);
            await using (SqliteStore store = await SqliteStore.OpenAsync(new SqliteOptions(seeded.Folder), cancellationToken))
            {
                for (long number = 1; number <= Grants; number++) expected[seeded.Id(number)] = (await store.Grants.FindGrantAsync(seeded.Id(number), cancellationToken))!;
            }
            await BitsAsync(setting, seeded, expected, scratch);
        }
        finally
        {
            if (scratch != setting.Scratch) Directory.Delete(scratch, recursive: true);
        }
        return new(_figures, _violations);
    }

    // F24: a second server, a command of this program, and a foreign tool that checkpoints under load.
    private async Task ShareAsync(DrillSetting setting, SeededFolder seeded, TokenCalls calls, ProgramUnderShim server, CancellationToken cancellationToken)
    {
        (int code, string said) = await ProgramUnderShim.RunAsync(setting.Program, null, cancellationToken, "start", "--urls", ProgramUnderShim.FreeIssuer(), "--data", seeded.Folder);
        if (code != 3 || !said.Contains($"in use by process {server.Id}", StringComparison.Ordinal)) _violations.Add($"F24: a second server was not refused: {code} {said}");
        Task load = Task.Run(async () =>
        {
            for (long number = 1; number <= Grants; number++) await AdvanceAsync(seeded, calls, number, 1);
        }, cancellationToken);
        int checkpoints = 0;
        NativeSqlite.Load();
        using (Connection foreign = Connection.Open(Path.Combine(seeded.Folder, Database.FileName), readOnly: false))
        {
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
            for (; !load.IsCompleted; checkpoints++)
            {
                foreign.Ask("pragma wal_checkpoint(PASSIVE)");
                await timer.WaitForNextTickAsync(cancellationToken);
            }
            await load;
        }
        _figures.Add(new("F24", "second server: refused; checkpoints by a foreign process under load", $"exit {code}; {checkpoints}"));
    }

    private async Task AdvanceAsync(SeededFolder seeded, TokenCalls calls, long number, long generation)
    {
        TokenReply reply = await calls.RefreshAsync(seeded.Token(number, generation));
        if (reply.Status == 200) _promises.Take(Promises.Before("advance", seeded.Id(number), generation + 1));
        else _violations.Add($"a refresh of grant {number} was answered {reply.Status} {reply.Error}");
    }

    private async Task LogAsync(DrillSetting setting, SeededFolder seeded, string scratch)
    {
        byte[] log = await File.ReadAllBytesAsync(Path.Combine(seeded.Folder, "evergrant.db-wal"));
        int refused = 0, whole = 0, cuts = setting.Count(200, 20);
        var random = new Random(setting.Seed);
        for (int i = 0; i < cuts; i++)
        {
            // The last second's commits stand at the end; a cut before them is noticed, whatever is cut.
            int length = i == 0 ? 0 : random.Next(log.Length * 9 / 10);
            string? answer = await TryAsync(seeded.Folder, scratch, folder => File.WriteAllBytes(Path.Combine(folder, "evergrant.db-wal"), log[..length]));
            if (answer is null) _violations.Add($"F6: the log was cut from {log.Length} to {length} bytes, and nothing was noticed");
            else if (answer.Length == 0) whole++;
            else refused++;
        }
        foreach (string name in (string[])["evergrant.db-wal", "evergrant.db"])
        {
            if (await TryAsync(seeded.Folder, scratch, folder => File.Delete(Path.Combine(folder, name))) is null or "") _violations.Add($"F6: {name} was removed, and nothing was noticed");
        }
        if (await TryAsync(seeded.Folder, scratch, folder => File.Delete(Path.Combine(folder, "evergrant.db-shm"))) != "") _violations.Add("F6: without evergrant.db-shm, which is made anew, the store did not open whole");
        _figures.Add(new("F6", "logs cut before their last second: refused; whole", $"{refused}; {whole} of {cuts}"));
    }

    private async Task BitsAsync(DrillSetting setting, SeededFolder seeded, Dictionary<Guid, Grant> expected, string scratch)
    {
        byte[] file = await File.ReadAllBytesAsync(Path.Combine(seeded.Folder, Database.FileName));
        int flips = setting.Count(4000, 100), refused = 0, unavailable = 0, right = 0;
        var random = new Random(setting.Seed);
        for (int i = 0; i < flips; i++)
        {
            int at = random.Next(file.Length), bit = 1 << random.Next(8);
            ImageCheck.Write(new() { ["/x/" + Database.FileName] = file }, "/x", Path.Combine(scratch, "bits"));
            string copy = Path.Combine(scratch, "bits", Database.FileName);
            using (FileStream changed = File.OpenWrite(copy))
            {
                changed.Position = at;
                changed.WriteByte((byte)(file[at] ^ bit));
            }
            switch (await AnswersAsync(Path.Combine(scratch, "bits"), expected))
            {
                case Answers.Refused: refused++; break;
                case Answers.Unavailable: unavailable++; break;
                case Answers.Right: right++; break;
                default: _violations.Add($"F6: bit {bit} at {at} was turned over, and a grant was answered wrongly"); break;
            }
        }
        _figures.Add(new("F6", "bits turned over: refused at the start; noticed when read; without a meaning", $"{refused}; {unavailable}; {right} of {flips}"));
    }

    // What a server would say of each grant.
    private static async Task<Answers> AnswersAsync(string folder, Dictionary<Guid, Grant> expected)
    {
        try
        {
            await using SqliteStore store = await SqliteStore.OpenAsync(new SqliteOptions(folder) { Readers = 1 });
            foreach ((Guid id, Grant grant) in expected)
            {
                if (await store.Grants.FindGrantAsync(id, default) is not { } row) return Answers.Wrong;
                bool same = row with { Salt = grant.Salt, Authorized = grant.Authorized, RevokedWhy = grant.RevokedWhy } == grant && row.Salt.AsSpan().SequenceEqual(grant.Salt)
                    && row.Authorized.Scope == grant.Authorized.Scope && row.Authorized.IssuesRefreshToken == grant.Authorized.IssuesRefreshToken;
                if (!same) return Answers.Wrong;
            }
            return Answers.Right;
        }
        catch (StoreOpenException)
        {
            return Answers.Refused;
        }
        catch (StoreUnavailableException)
        {
            return Answers.Unavailable;
        }
    }

    // Null: a promise was broken and nobody noticed; empty: all was kept; else the refusal.
    private async Task<string?> TryAsync(string from, string scratch, Action<string> damage)
    {
        string to = Path.Combine(scratch, "copy");
        Copy(from, to);
        damage(to);
        IReadOnlyList<string> broken = await ImageCheck.ExamineAsync(to, _promises);
        if (broken.Count == 0) return "";
        if (!broken[0].StartsWith("not to be opened", StringComparison.Ordinal)) return null;
        if (!broken[0].Contains("backup", StringComparison.Ordinal)) _violations.Add($"F6: the refusal does not point to the backup: {broken[0]}");
        return broken[0];
    }

    private static void Copy(string from, string to)
    {
        if (Directory.Exists(to)) Directory.Delete(to, recursive: true);
        Directory.CreateDirectory(to);
        foreach (string name in (string[])["evergrant.db", "evergrant.db-wal", "evergrant.db-shm", "evergrant.mark"])
        {
            string file = Path.Combine(from, name);
            if (File.Exists(file)) File.Copy(file, Path.Combine(to, name));
        }
    }

    private enum Answers
    {
        Wrong,
        Refused,
        Unavailable,
        Right,
    }
}
