using System.CommandLine;
using System.Diagnostics;
using Evergrant.Protocol.Grants;

namespace Evergrant.Fire.Seeding;

/// <summary>seed: fills a data folder with grants by the million, as evergrant start and thousands of sign-ins would have left it, and writes some of their tokens for a load. The folder's server must not run.
/// With --postgres the grants go into the database that this server has made its tables in.</summary>
internal static class SeedCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var data = new Option<string>("--data") { Required = true, Description = "Data folder that evergrant start has made" };
        var issuer = new Option<string>("--issuer") { Required = true, Description = "Its issuer" };
        var client = new Option<string>("--client") { DefaultValueFactory = _ => "demo-web", Description = "Client of the grants" };
        var count = new Option<int>("--count") { Required = true, Description = "How many grants" };
        var sample = new Option<int>("--sample") { DefaultValueFactory = _ => 10_000, Description = "Every so many grants, the refresh token of one is written" };
        var postgres = new Option<string?>("--postgres") { Description = "Connection string of the server's database; without, the file in the folder" };
        var tokens = new Option<string?>("--tokens") { Description = "File for the tokens, one a line; none without" };
        var command = new Command("seed", "Fill a data folder with grants") { data, issuer, client, count, postgres, sample, tokens };
        command.SetAction(async (arguments, cancellation) =>
        {
            string folder = Path.GetFullPath(arguments.GetRequiredValue(data));
            CredentialKeys keys = RootKeyFile.Read(folder);
            var seed = new GrantSeed(arguments.GetRequiredValue(issuer), arguments.GetRequiredValue(client), DateTimeOffset.UtcNow, keys.CurrentNumber);
            int wanted = arguments.GetRequiredValue(count);
            long began = Stopwatch.GetTimestamp();
            IEnumerable<Grant> grants = Enumerable.Range(1, wanted).Select(number => seed.Active(number));
            await (arguments.GetValue(postgres) is { } database ? PostgresSeeder.SeedAsync(database, grants, cancellation) : SqliteSeeder.SeedAsync(folder, grants, cancellation));
            if (arguments.GetValue(tokens) is { } file)
            {
                IEnumerable<string> lines = Enumerable.Range(1, wanted).Where(number => number % arguments.GetValue(sample) == 1).Select(number => GrantSeed.Credential(keys, seed.Active(number)));
                await File.WriteAllLinesAsync(file, lines, cancellation);
                if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }
            Console.WriteLine($"{wanted} grants in {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s");
            return 0;
        });
        return command;
    }
}
