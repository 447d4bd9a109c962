using System.CommandLine;
using Evergrant.Fire;
using Evergrant.Fire.Report;
using Evergrant.Fire.Seeding;
using Evergrant.Fire.Servers;

if (FireChild.RunIfChild(args) is { } child) return await child;

var names = new Argument<string[]>("drill") { Description = "Drills to run, all without: " + string.Join(", ", Drills.All.Select(d => d.Name)) };
var program = new Option<string>("--program") { Required = true, Description = "The program under fire" };
var results = new Option<string?>("--results") { Description = "Folder for the table; nothing is written without" };
var scale = new Option<double>("--scale") { DefaultValueFactory = _ => 1, Description = "1 is the long form; 0.01 a hundredth of it" };
var seed = new Option<int>("--seed") { DefaultValueFactory = _ => 1 };
var other = new Option<string>("--other") { DefaultValueFactory = _ => OtherBuild.Older, Description = $"What nodes are replaced by in the drill rolling: a commit, the path of a program, or '{OtherBuild.Older}': the last commit whose tables are one version older" };
var noMutants = new Option<bool>("--no-mutants") { Description = "Does not check first that wrong servers are caught; such a run does not count" };

var root = new RootCommand("Faults on a real server, on the loopback interface only; every answer is checked") { names, program, results, scale, seed, other, noMutants, SeedCommand.Create() };
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
            line => Console.WriteLine($"{DateTimeOffset.UtcNow:HH:mm:ss}  {line}"))
        { Other = arguments.GetRequiredValue(other) };
        IDrill[] drills = [.. Drills.All.Where(d => wanted.Length == 0 || wanted.Contains(d.Name))];
        return await FireRun.RunAsync(FireRun.Order(drills, mutants: !arguments.GetValue(noMutants)), setting, arguments.GetValue(results), cancellation);
    }
    finally
    {
        Directory.Delete(scratch, recursive: true);
    }
});
return await root.Parse(args).InvokeAsync();
