using System.CommandLine;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Evergrant.Load.Http;
using Evergrant.Load.Measure;
using Evergrant.Load.Report;
using Evergrant.Load.Scenarios;
using Evergrant.Load.Server;

namespace Evergrant.Load.Commands;

/// <summary><c>start</c>: from the start of the process to the first connection and the first token; memory at rest.</summary>
internal static class StartCommand
{
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(3);

    private sealed record Start(TimeSpan Listening, TimeSpan FirstToken, long AtRest, long AfterRequests);

    public static Command Create()
    {
        var (server, results) = (Options.Server(), Options.Results());
        var (postgres, databaseCores) = (Options.Postgres(), Options.DatabaseCores());
        var times = new Option<int>("--times") { Description = "How often the server is started", DefaultValueFactory = _ => 10 };
        var command = new Command("start", "Time to the first token and memory at rest") { server, results, times, postgres, databaseCores };
        command.SetAction(arguments => RunAsync(arguments.GetRequiredValue(server), arguments.GetRequiredValue(results), arguments.GetValue(times),
            arguments.GetValue(postgres), arguments.GetRequiredValue(databaseCores)));
        return command;
    }

    private static async Task<int> RunAsync(string program, string results, int times, bool postgres, string databaseCores)
    {
        var folder = Directory.CreateTempSubdirectory("evergrant-load-").FullName;
        await using var database = postgres ? await PostgresRun.StartAsync(databaseCores) : null;
        var place = new ServerPlace { Folder = folder, Port = ServerRun.FreePort(), Postgres = database is null ? null : await database.CreateAsync("load") };
        try
        {
            // The first start makes keys, demo clients and a user; the measured ones find them.
            Target target;
            var first = Stopwatch.GetTimestamp();
            TimeSpan newcomer;
            List<string> head;
            await using (var server = await ServerRun.StartAsync(program, place))
            {
                newcomer = Stopwatch.GetElapsedTime(first);
                target = await server.DeclareAsync(program);
                head = [.. Machine.Describe(folder, Placement.Of([server.Figures], database?.Figures)), .. database is null ? [] : await database.DescribeAsync()];
            }

            var starts = new List<Start>();
            for (var round = 0; round < times; round++) starts.Add(await MeasureAsync(program, place, target));

            await ResultFile.WriteAsync(results, "start", "From the start of the process to the first token", head,
            [
                "| | median | lowest | highest |",
                "|---|--:|--:|--:|",
                Row("listening, ms", start => start.Listening.TotalMilliseconds),
                Row("first token (client credentials), ms", start => start.FirstToken.TotalMilliseconds),
                Row("resident memory at rest after the first token, MB", start => start.AtRest / 1e6),
                Row("resident memory at rest after 1,000 more requests, MB", start => start.AfterRequests / 1e6),
                "",
                $"{times} starts on one core with an existing data folder. The very first start, which makes keys and demo clients, took {newcomer.TotalMilliseconds:0} ms. Aims: first token within 1,500 ms, less than 120 MB at rest.",
            ]);

            string Row(string name, Func<Start, double> value)
            {
                var sorted = starts.Select(value).Order().ToArray();
                return $"| {name} | {sorted[sorted.Length / 2]:0} | {sorted[0]:0} | {sorted[^1]:0} |";
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        return 0;
    }

    private static async Task<Start> MeasureAsync(string program, ServerPlace place, Target target)
    {
        var since = Stopwatch.GetTimestamp();
        var (folder, port) = (place.Folder!, place.Port!.Value);
        var process = Core.Start(program, place.Arguments(port, folder), Path.Combine(folder, "server.log"));
        try
        {
            while (!await ListensAsync(port))
            {
                if (process.HasExited) throw new InvalidOperationException("The server ended while it was starting.");
                await Task.Delay(1);
            }

            var listening = Stopwatch.GetElapsedTime(since);
            using var worker = new ClientCredentialsWorker(target);
            await worker.StepAsync();
            var firstToken = Stopwatch.GetElapsedTime(since);
            var figures = new ProcessFigures(process.Id);
            await Task.Delay(Rest);
            var atRest = figures.ResidentBytes();
            for (var requests = 0; requests < 1_000; requests++) await worker.StepAsync();
            await Task.Delay(Rest);
            return new Start(listening, firstToken, atRest, figures.ResidentBytes());
        }
        finally
        {
            await Core.EndAsync(process);
            process.Dispose();
        }
    }

    private static async Task<bool> ListensAsync(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
