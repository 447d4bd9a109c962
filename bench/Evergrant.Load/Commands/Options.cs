using System.CommandLine;
using Evergrant.Load.Server;

namespace Evergrant.Load.Commands;

/// <summary>The options that several commands take.</summary>
internal static class Options
{
    public static Option<string> Server() => new("--server") { Description = "The published server (bench/run gives it)", Required = true };

    public static Option<string> Results() => new("--results") { Description = "The folder that the result is written to", DefaultValueFactory = _ => "bench/results" };

    public static Option<int> Workers() => new("--workers") { Description = "Closed loops, each with its own connection and grant", DefaultValueFactory = _ => 64 };

    public static Option<int> Seconds() => new("--seconds") { Description = "How long each run lasts", DefaultValueFactory = _ => 20 };

    public static Option<int> WarmUp() => new("--warm-up") { Description = "Seconds of the same load before anything is measured", DefaultValueFactory = _ => 10 };

    public static Option<bool> Postgres() => new("--postgres") { Description = "On a new PostgreSQL on the loopback interface instead of a file (needs PostgreSQL's server programs)" };

    public static Option<string> DatabaseCores() => new("--database-cores") { Description = "Cores of PostgreSQL, as taskset takes them; on two cores it shares the generator's", DefaultValueFactory = _ => "1" };

    public static Option<string[]> NodeCores() => new("--node-cores")
    {
        Description = "Cores of the nodes, as taskset takes them; several values, one for each node in turn",
        DefaultValueFactory = _ => [Core.Measured],
        AllowMultipleArgumentsPerToken = true,
    };
}
