using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Evergrant.Faults.Keys;
using Evergrant.Fire.Faults;
using Evergrant.Fire.Servers;

namespace Evergrant.Fire.Keys;

/// <summary>G18, I14, F19: signing keys rotate by order and by themselves, and are withdrawn, in years that pass in minutes, while tokens are asked for without pause.</summary>
internal sealed class KeyRotationDrill : IDrill
{
    private const int Whole = 10_000;
    private const int Lanes = 3;
    private const int RotationsPerWithdrawal = 25;
    private const int MutantRotations = 100;

    public string Name => "key-rotation";

    public string Sentence => "Signing keys rotate and are withdrawn in fake time under load; every token is verified against every key set.";

    public async Task<DrillResult> RunAsync(DrillSetting setting, CancellationToken cancellationToken)
    {
        int rotations = setting.Count(Whole, 20);
        (KeyLedger ledger, int withdrawals, DateTimeOffset from, DateTimeOffset to) = await RunAsync(setting, "key-rotation", rotations, null, cancellationToken);
        List<string> violations = [.. ledger.Violations];
        if (ledger.Violated > violations.Count) violations.Add($"and {ledger.Violated - violations.Count} more");
        if (ledger.Signers < rotations) violations.Add($"only {ledger.Signers} keys have signed in {rotations} rotations");
        List<DrillFigure> mutants = [];
        foreach (string fault in (string[])[KeyFaults.Unannounced, KeyFaults.GoneEarly, KeyFaults.NotWithdrawn])
        {
            (KeyLedger caught, _, _, _) = await RunAsync(setting, fault, MutantRotations, fault, cancellationToken);
            mutants.Add(new("G18", $"mutant {fault}", caught.Violated > 0 ? string.Create(CultureInfo.InvariantCulture, $"caught after {caught.Signers} keys") : "not caught"));
            if (caught.Violated == 0) violations.Add($"the mutant {fault} was not caught in {MutantRotations} rotations");
        }
        return new DrillResult(
        [
            new("G18", "rotations by order, in fake time", rotations.ToString("N0", CultureInfo.InvariantCulture)),
            new("G18", "years that passed; keys that signed", string.Create(CultureInfo.InvariantCulture, $"{(to - from).TotalDays / 365.25:0.0}; {ledger.Signers:N0}")),
            new("G18", "emergency withdrawals", withdrawals.ToString("N0", CultureInfo.InvariantCulture)),
            new("G18", "tokens verified; key sets", string.Create(CultureInfo.InvariantCulture, $"{ledger.Tokens:N0}; {ledger.Sets:N0}")),
            new("G18", "pairs of token and key set", ledger.Comparisons.ToString("N0", CultureInfo.InvariantCulture)),
            new("G18", "verification failures", ledger.Violated.ToString(CultureInfo.InvariantCulture)),
            .. mutants,
        ], violations);
    }

    // A mutant is run until it is caught.
    private static async Task<(KeyLedger Ledger, int Withdrawals, DateTimeOffset From, DateTimeOffset To)> RunAsync(
        DrillSetting setting, string folder, int rotations, string? fault, CancellationToken cancellationToken)
    {
        await using Cluster cluster = await Cluster.OnSqliteAsync(setting, folder, cancellationToken, fault is null ? null : FaultyServer.Keys(fault));
        await using TokenLoad load = await TokenLoad.StartAsync(cluster, Lanes, setting.Seed, cancellationToken);
        using var http = new HttpClient { BaseAddress = new Uri(cluster.Issuer) };
        var run = new Run(http, new ServerCommands(cluster.Nodes[0].Plan.Folder), load, new Random(setting.Seed), cancellationToken);
        await run.BeginAsync();
        DateTimeOffset from = run.Now;
        int withdrawals = 0;
        for (int i = 1; i <= rotations && (fault is null || run.Ledger.Violated == 0); i++)
        {
            await run.RotateAsync();
            if (i % RotationsPerWithdrawal == 0)
            {
                await run.WithdrawAsync();
                withdrawals++;
            }
            if (fault is null && i % Math.Max(1, rotations / 10) == 0) setting.Say(string.Create(CultureInfo.InvariantCulture, $"{i:N0} rotations, {run.Ledger.Tokens:N0} tokens, {run.Ledger.Violated} failures; it is {run.Now:yyyy}"));
        }
        return (run.Ledger, withdrawals, from, run.Now);
    }

    private sealed class Run(HttpClient http, ServerCommands commands, TokenLoad load, Random random, CancellationToken cancellationToken)
    {
        private DateTimeOffset _told;
        private long _since;

        public KeyLedger Ledger { get; } = new();

        /// <summary>The server's clock, to a few milliseconds.</summary>
        public DateTimeOffset Now => _told + Stopwatch.GetElapsedTime(_since);

        public async Task BeginAsync()
        {
            await AdvanceAsync(TimeSpan.FromSeconds(1));
            await LookAsync(emergency: true);
        }

        /// <summary>Announces a successor, looks now and then until it may sign, and once just before and just after.</summary>
        public async Task RotateAsync()
        {
            using JsonDocument made = JsonDocument.Parse(await commands.RunAsync(cancellationToken, "key", "rotate", "--alg", "ES256", "--json"));
            DateTimeOffset signsFrom = made.RootElement.GetProperty("keys")[0].GetProperty("signs_from").GetDateTimeOffset();
            await LookAsync();
            await AdvanceToAsync(Now + ((signsFrom - Now) * (0.2 + (0.6 * random.NextDouble()))));
            await LookAsync();
            await AdvanceToAsync(signsFrom - TimeSpan.FromSeconds(random.Next(5, 890)));
            await LookAsync();
            await AdvanceToAsync(signsFrom + TimeSpan.FromSeconds(random.Next(1, 5)));
            await LookAsync();
            if (random.Next(4) != 0) return;
            await AdvanceAsync(TimeSpan.FromMinutes(random.Next(1, 240)));
            await LookAsync();
        }

        /// <summary>Withdraws the key that signs, or one that is announced.</summary>
        public async Task WithdrawAsync()
        {
            if (random.Next(3) == 0) await commands.RunAsync(cancellationToken, "key", "rotate", "--alg", "ES256");
            await LookAsync();
            using JsonDocument listed = JsonDocument.Parse(await commands.RunAsync(cancellationToken, "key", "list", "--json"));
            JsonElement[] keys = [.. listed.RootElement.GetProperty("keys").EnumerateArray().Where(k => k.GetProperty("alg").GetString() == "ES256" && k.GetProperty("state").GetString() is "signing" or "announced")];
            string kid = keys[random.Next(keys.Length)].GetProperty("kid").GetString()!;
            await commands.RunAsync(cancellationToken, "key", "withdraw", kid);
            load.Withdrawn(kid);
            Ledger.Withdrawn(kid);
            await LookAsync(emergency: true);
        }

        // Tokens are handed over after a set that was served later: a key is known when its token is looked at.
        private async Task LookAsync(bool emergency = false)
        {
            await load.WaitAsync(4, cancellationToken);
            byte[] jwks = await http.GetByteArrayAsync("/jwks", cancellationToken);
            DateTimeOffset at = Now;
            Ledger.Served(jwks, at, emergency);
            foreach (ReturnedToken token in load.Take()) Ledger.Returned(token);
        }

        private Task AdvanceToAsync(DateTimeOffset at) => at > Now ? AdvanceAsync(at - Now) : Task.CompletedTask;

        private async Task AdvanceAsync(TimeSpan span)
        {
            using HttpResponseMessage reply = await http.PostAsJsonAsync("/dev/clock", new { advance = span.ToString("c") }, cancellationToken);
            reply.EnsureSuccessStatusCode();
            using JsonDocument json = JsonDocument.Parse(await reply.Content.ReadAsStringAsync(cancellationToken));
            (_told, _since) = (json.RootElement.GetProperty("now").GetDateTimeOffset(), Stopwatch.GetTimestamp());
        }
    }
}
