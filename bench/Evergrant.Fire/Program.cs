using System.CommandLine;
using Evergrant.Fire;
using Evergrant.Fire.Report;
using Evergrant.Fire.Seeding;

if (FireChild.RunIfChild(args) is { } child) return await child;

var names = new Argument<string[]>("drill") { Description = "Drills to run, all without: " + string.Join(", ", Drills.All.Select(d => d.Name)) };
var program = new Option<string>("--program") { Required = true, Description = "The program under fire" };
var results = new Option<string?>("--results") { Description = "Folder for the table; nothing is written without" };
var scale = new Option<double>("--scale") { DefaultValueFactory = _ => 1, Description = "1 is the long form; 0.01 a hundredth of it" };
var seed = new Option<int>("--seed") { DefaultValueFactory = _ => 1 };

var root = new RootCommand("Faults on a real server, on the loopback interface only; every answer is checked") { names, program, results, scale, seed, SeedCommand.Create() };
root.SetAction(async (arguments, cancellation) =>
{
    string[] wanted = arguments.GetValue(names) ?? [];
    string[] unknown = [.. wanted.Except(Drills.All.Select(d => d.Name))];
    if (unknown.Length > 0)
    {
        Console.Error.WriteLine($"There is no drill named {string.Join(", ", unknown)}. Drills: {string.Join(", ", Drills.All.Select(d => d.Name))}");
        return 2;
    }
    string scratch = Directory.CreateTempSubdirectory("evergrant-fire-").FullName;
    try
    {
        var setting = new DrillSetting(Path.GetFullPath(arguments.GetRequiredValue(program)), scratch, arguments.GetValue(scale), arguments.GetValue(seed),
            line => Console.WriteLine($"{DateTimeOffset.UtcNow:HH:mm:ss}  {line}"));
        return await FireRun.RunAsync([.. Drills.All.Where(d => wanted.Length == 0 || wanted.Contains(d.Name))], setting, arguments.GetValue(results), cancellation);
    }
    finally
    {
        Directory.Delete(scratch, recursive: true);
    }
});
return await root.Parse(args).InvokeAsync();
