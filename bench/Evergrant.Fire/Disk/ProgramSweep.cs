using System.Globalization;
using Evergrant.Fire.Native;

namespace Evergrant.Fire.Disk;

/// <summary>The program serves a fixed script of requests while one call on its disk fails. A 503 is honest; after it the same token must work; a failed sync ends the program, and the next start knows everything.</summary>
internal sealed class ProgramSweep(DiskShim shim, DrillSetting setting, CancellationToken cancellationToken) : IAsyncDisposable
{
    private const int Grants = 6, Codes = 4000, MostCalls = 400;
    private const int StoreUnavailable = 3, ProgramFault = 4; // exit codes (docs/operations/configuration.md)

    private static readonly (DiskFault Fault, bool Sticky)[] Sweeps = [(DiskFault.Input, false), (DiskFault.Input, true), (DiskFault.Full, false), (DiskFault.Full, true), (DiskFault.Short, false)];

    private readonly DiskControl _control = new(Path.Combine(setting.Scratch, "program.control"));
    private readonly long[] _generations = [.. Enumerable.Repeat(1L, Grants + 1)];
    private readonly List<string> _broken = [];
    private readonly List<(long Number, bool Revoked)> _ended = [];
    private SeededFolder _seeded = null!;
    private ProgramUnderShim? _server;
    private TokenCalls _calls = null!;
    private long _nextCode = Grants;
    private int _stops;

    /// <summary>Runs all sweeps, and the one over a start.</summary>
    public async Task RunAsync(int stride, List<DrillFigure> figures, List<string> violations)
    {
        _seeded = await SeededFolder.MakeAsync(setting.Program, Path.Combine(setting.Scratch, "program"), Grants, Codes, setting.Seed, cancellationToken);
        await StartAsync();
        foreach ((DiskFault fault, bool sticky) in Sweeps)
        {
            int hit = 0;
            for (int call = 1 + setting.Seed % stride; call < MostCalls; call += stride)
            {
                if (await RunOnceAsync(DiskCalls.Changes, fault, sticky, call, violations) == 0) break;
                hit++;
            }
            figures.Add(new("G3", $"program: {fault.Name}{(sticky ? " sticky" : " once")}, runs in which the call failed", $"{hit}"));
        }
        // Every sync of the script fails once, also in the short form.
        for (int call = 1; call <= (stride == 1 ? MostCalls : 3); call++)
        {
            if (await RunOnceAsync(DiskCalls.Syncs, DiskFault.Input, sticky: false, call, violations) == 0) break;
        }
        figures.Add(new("G3", "program: stopped itself after a failed sync, and was started again", $"{_stops}"));
        if (_stops == 0) violations.Add("no sync below the program failed: the run does not count");
        await _server!.StopAsync();
        figures.Add(new("G3", "program: starts with a failing call, all refused in words or served", $"{await SweepStartAsync(stride, violations)}"));
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
        _control.Dispose();
    }

    private async Task<long> RunOnceAsync(DiskCalls calls, DiskFault fault, bool sticky, int call, List<string> violations)
    {
        _control.Arm(calls, fault, call, sticky);
        await ScriptAsync();
        long injected = _control.Injected;
        _control.Disarm();
        await SettleAsync();
        violations.AddRange(_broken.Select(b => $"program, {calls} {fault.Name}{(sticky ? " from then on" : "")}, call {call}: {b}"));
        _broken.Clear();
        return injected;
    }

    private async Task StartAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
        _server = null;
        _server = await ProgramUnderShim.StartAsync(setting.Program, _seeded.Folder, _seeded.Issuer, start => shim.Preload(start, _seeded.Folder, control: _control), cancellationToken);
        _calls = _server.Client();
    }

    private async Task ScriptAsync()
    {
        for (long number = 1; number <= Grants; number++) await RefreshAsync(number);
        long code = ++_nextCode;
        TokenReply redeemed = await _calls.RedeemAsync(_seeded.Code(code));
        Judge(redeemed, "the code of a grant", 200);
        await RefreshAsync(1);
        TokenReply seen = await _calls.IntrospectAsync(_seeded.Token(2, _generations[2]));
        Judge(seen, "introspection", 200);
        if (redeemed.Status == 200)
        {
            TokenReply revoked = await _calls.RevokeAsync(_seeded.Token(code, 1));
            Judge(revoked, "a revocation", 200);
            _ended.Add((code, revoked.Status == 200));
        }
        await RefreshAsync(2);
    }

    private async Task RefreshAsync(long number)
    {
        TokenReply reply = await _calls.RefreshAsync(_seeded.Token(number, _generations[number]));
        Judge(reply, $"grant {number} at {_generations[number]}", 200);
        if (reply.Status == 200) Advance(number, reply);
    }

    private void Advance(long number, TokenReply reply)
    {
        if (reply.RefreshToken != _seeded.Token(number, _generations[number] + 1)) _broken.Add($"I2: grant {number} got a token that is not the successor");
        _generations[number]++;
    }

    private void Judge(TokenReply reply, string what, int good)
    {
        if (reply.Status != good && !reply.IsUnknown) _broken.Add($"I13: {what} was answered {reply.Status} {reply.Error}");
    }

    // The disk is well again: either the program serves at once, or it has stopped itself and serves after a start.
    private async Task SettleAsync()
    {
        TokenReply first = await _calls.RefreshAsync(_seeded.Token(1, _generations[1]));
        if (first.Status == 200) Advance(1, first);
        else
        {
            int code = await _server!.ExitAsync();
            _stops++;
            if (code != StoreUnavailable) _broken.Add($"F5: the program ended with {code}");
            if (!_server.Said.Contains("CRIT", StringComparison.Ordinal)) _broken.Add("F5: the program ended without a critical line");
            await StartAsync();
        }
        for (long number = 1; number <= Grants; number++)
        {
            TokenReply reply = await _calls.RefreshAsync(_seeded.Token(number, _generations[number]));
            if (reply.Status == 200) Advance(number, reply);
            else _broken.Add($"I1 or I4: the last token of grant {number} was answered {reply.Status} {reply.Error}");
        }
        foreach ((long number, bool revoked) in _ended)
        {
            TokenReply reply = await _calls.RefreshAsync(_seeded.Token(number, 1));
            if (revoked && reply.Status != 400) _broken.Add($"I3: a token of the revoked grant {number} was answered {reply.Status}");
        }
        _ended.Clear();
    }

    private async Task<int> SweepStartAsync(int stride, List<string> violations)
    {
        int runs = 0;
        for (int call = 1 + setting.Seed % stride; call < MostCalls; call += stride)
        {
            _control.Arm(DiskCalls.Changes, DiskFault.Input, call, sticky: false);
            try
            {
                await StartAsync();
                await _server!.KillAsync();
            }
            catch (InvalidOperationException e)
            {
                int code = ExitCodeIn(e.Message);
                if (code is ProgramFault or 0 || e.Message.Contains("Unhandled", StringComparison.Ordinal)) violations.Add($"a start whose call {call} failed: {e.Message}");
            }
            _control.Disarm();
            if (_control.Injected == 0) break;
            runs++;
        }
        await StartAsync();
        await SettleAsync();
        violations.AddRange(_broken.Select(b => "after the starts: " + b));
        await _server!.StopAsync();
        return runs;
    }

    private static int ExitCodeIn(string message) => int.TryParse(message.AsSpan(0, Math.Max(0, message.IndexOf(' ', StringComparison.Ordinal))), CultureInfo.InvariantCulture, out int code) ? code : -1;
}
