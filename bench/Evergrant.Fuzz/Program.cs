using System.CommandLine;
using System.Diagnostics;
using Evergrant.Fire.Report;
using Evergrant.Fuzz.Endpoints;
using Evergrant.Fuzz.Parsers;
using Evergrant.Fuzz.Report;

var count = new Option<long>("--count") { Description = "Inputs; in all, over all targets" };
var seed = new Option<int>("--seed") { DefaultValueFactory = _ => 1, Description = "Seed of everything random" };
var results = new Option<string?>("--results") { Description = "Folder for the table; nothing is written without" };
var findings = new Option<string>("--findings") { DefaultValueFactory = _ => Path.Combine(Path.GetTempPath(), "evergrant-findings"), Description = "Folder for inputs that did what none may do" };
var targets = new Argument<string[]>("target") { Description = "Parsers to try, all without: " + string.Join(", ", ParserTargets.All.Select(t => t.Name)) };

var parsers = new Command("parsers", "Malformed input for every parser that is a pure function (100 million)") { targets, count, seed, results, findings };
parsers.SetAction(async (arguments, cancellation) =>
{
    string[] wanted = arguments.GetValue(targets) ?? [];
    ParserTarget[] chosen = [.. ParserTargets.All.Where(t => wanted.Length == 0 || wanted.Contains(t.Name))];
    string[] unknown = [.. wanted.Except(chosen.Select(t => t.Name))];
    if (unknown.Length > 0)
    {
        Console.Error.WriteLine($"There is no parser named {string.Join(", ", unknown)}.");
        return 2;
    }
    var found = new Findings(arguments.GetValue(findings));
    long whole = arguments.GetValue(count) is > 0 and var asked ? asked : 100_000_000;
    // A signature costs as much as a hundred readings.
    double weight = chosen.Sum(WeightOf);
    List<string> rows = ["| parser | inputs | ways | longest, ms | inputs/s |", "|---|--:|--:|--:|--:|"];
    long all = 0;
    using var watch = new Watchdog(arguments.GetRequiredValue(findings));
    foreach (ParserTarget target in chosen)
    {
        long share = Math.Max(1, (long)Math.Ceiling(whole * WeightOf(target) / weight));
        var run = new ParserRun(target, arguments.GetValue(seed));
        long begun = Stopwatch.GetTimestamp();
        run.Run(share, watch, found.Take);
        double took = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        rows.Add(FormattableString.Invariant($"| {target.Name} | {share:N0} | {run.Ways} | {run.Longest.TotalMilliseconds:0.0} | {share / took:N0} |"));
        Console.WriteLine(rows[^1]);
        all += share;
    }
    return await EndAsync("fuzz-parsers", $"# Malformed input at the parsers\n", all, rows, found, arguments, cancellation);
});

var endpoints = new Command("endpoints", "Malformed requests for every endpoint of the real server, in this process (10 million)") { count, seed, results, findings };
endpoints.SetAction(async (arguments, cancellation) =>
{
    // Afresh now and then: each refusal is an event in the store. Many at a time: they share the flushes of the disk.
    const long AtOneServer = 200_000;
    var found = new Findings(arguments.GetValue(findings));
    found.WatchTasks();
    long whole = arguments.GetValue(count) is > 0 and var asked ? asked : 10_000_000, sent = 0, slowOnce = 0;
    var statuses = new SortedDictionary<int, long>();
    TimeSpan longest = default;
    long begun = Stopwatch.GetTimestamp();
    for (int round = 0; sent < whole; round++)
    {
        await using (InProcessServer server = await InProcessServer.StartAsync(Directory.CreateTempSubdirectory("evergrant-fuzz-").FullName))
        {
            var run = new EndpointRun(server, found.Take);
            await run.RunAsync(Math.Min(AtOneServer, whole - sent), arguments.GetValue(seed) + round, senders: 48);
            sent += run.Sent;
            slowOnce += run.SlowOnce;
            foreach ((int status, long times) in run.Statuses) statuses[status] = statuses.GetValueOrDefault(status) + times;
            if (run.Longest > longest) longest = run.Longest;
        }
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Console.WriteLine(FormattableString.Invariant($"{sent:N0} requests, {sent / Stopwatch.GetElapsedTime(begun).TotalSeconds:N0} a second, {GC.GetTotalMemory(true) >> 20} MiB, {found.Lines.Count} findings"));
    }
    List<string> rows = ["| answer | requests |", "|---|--:|", .. statuses.Select(s => FormattableString.Invariant($"| {s.Key} | {s.Value:N0} |")),
        FormattableString.Invariant($"| longest, ms | {longest.TotalMilliseconds:0} |"), FormattableString.Invariant($"| slower than a second, but not when sent again | {slowOnce:N0} |"), FormattableString.Invariant($"| requests/s | {sent / Stopwatch.GetElapsedTime(begun).TotalSeconds:N0} |")];
    return await EndAsync("fuzz-endpoints", "# Malformed requests at the endpoints\n", sent, rows, found, arguments, cancellation);
});

var root = new RootCommand("Malformed input by the million; nothing leaves this process") { parsers, endpoints };
return await root.Parse(args).InvokeAsync();

static double WeightOf(ParserTarget target) => target.Name.StartsWith("sign", StringComparison.Ordinal) ? 0.02 : 1;

async Task<int> EndAsync(string name, string title, long inputs, List<string> rows, Findings found, ParseResult arguments, CancellationToken cancellation)
{
    List<string> lines = [title, .. ResultPage.Head($"seed {arguments.GetValue(seed)}"), FormattableString.Invariant($"- Inputs: {inputs:N0}"), "", .. rows, "",
        found.None ? "Nothing was found: no exception, no 5xx, nothing that took more than a second and did so again, no exception that nobody looked at." : "## Found", .. found.Lines.Select(l => "- " + l)];
    foreach (string line in lines) Console.WriteLine(line);
    if (arguments.GetValue(results) is { } folder) await ResultPage.WriteAsync(folder, name, lines, cancellation);
    return found.None ? 0 : 1;
}
