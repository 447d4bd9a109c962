namespace Evergrant.Reports;

/// <summary>The run of this program: a line per suite, a line per check, the total.</summary>
internal sealed class Report(Arguments arguments)
{
    private Total checks;

    /// <summary>Prints the report.</summary>
    /// <returns>0 when at least one test ran and nothing failed, else 1.</returns>
    public int Run()
    {
        IReadOnlyList<Suite> suites = Suite.ReadAll(arguments.Results);
        Total total = default;
        Console.WriteLine();
        foreach (Suite suite in suites)
        {
            total += suite.Total;
            Console.WriteLine($"{suite.Name,-34} {suite.Total}{(suite.Note is null ? "" : $" ({suite.Note})")}");
        }
        bool ran = total.Passed + total.Failed > 0;
        if (!ran)
        {
            Console.WriteLine("No test ran.");
        }
        Check(suites, total.Failed == 0);
        total += checks;
        Console.WriteLine(total);
        return ran && total.Failed == 0 ? 0 : 1;
    }

    private void Check(IReadOnlyList<Suite> suites, bool allPassed)
    {
        string requirements = Path.Combine(arguments.Root, "docs/requirements");
        Catalogue catalogue = Catalogue.Read(requirements);
        var coverage = new Coverage(catalogue, suites);
        IReadOnlyList<Demand> demands = arguments.Require is null ? [] : Demand.Read(arguments.Require);

        Judge("Every row id that a test names is in the catalogue", coverage.UnknownIds);
        Judge("Every row left out is in the catalogue", catalogue.LeftOut.Keys.Where(id => !catalogue.Knows(id)));
        Judge("Every row left out has a reason", catalogue.LeftOut.Where(r => string.IsNullOrWhiteSpace(r.Value)).Select(r => r.Key));
        Judge("Every demand names rows of the catalogue", demands.Where(d => !catalogue.Rows.Values.Any(d.Names)).Select(d => d.ToString()));
        if (arguments.Partial)
        {
            return;
        }
        Judge("No row is both left out and covered", catalogue.LeftOut.Keys.Where(coverage.Covers));
        JudgeDemands(catalogue, coverage, demands);
        (string Name, string Text)[] pages =
        [
            ("docs/specs.md", new SpecsPage(catalogue, coverage, demands).Write()),
            ("docs/attacks.md", TrialsPage.OfAttacks(catalogue, coverage).Write()),
            ("docs/certification.md", TrialsPage.OfModules(catalogue, coverage).Write()),
        ];
        foreach ((string name, string text) in pages)
        {
            if (arguments.Accept || allPassed)
            {
                Judge($"{name} is what the tests say (./test --accept rewrites it)", Differences(name, text));
            }
            else
            {
                Console.WriteLine($"{name} was not compared, because tests failed.");
            }
        }
    }

    private void JudgeDemands(Catalogue catalogue, Coverage coverage, IReadOnlyList<Demand> demands)
    {
        List<Row> missing =
        [
            .. catalogue.Rows.Values.Where(row => demands.Any(d => d.Names(row)) && !coverage.Covers(row.Id) && !catalogue.LeftOut.ContainsKey(row.Id)),
        ];
        IEnumerable<string> lines = missing
            .GroupBy(r => r.Specification)
            .Select(g => $"{g.Key} ({g.Count()}): {string.Join(' ', g.Select(r => r.Id))}");
        if (arguments.Strict)
        {
            Judge("Every demanded row is covered or left out with a reason", lines);
        }
        else if (missing.Count > 0)
        {
            Console.WriteLine($"{missing.Count} demanded rows are neither covered nor left out:");
            Print(lines);
        }
    }

    private IEnumerable<string> Differences(string name, string page)
    {
        string path = Path.Combine(arguments.Root, name);
        string written = File.Exists(path) ? File.ReadAllText(path) : "";
        if (written == page)
        {
            return [];
        }
        if (arguments.Accept)
        {
            File.WriteAllText(path, page);
            Console.WriteLine($"{name} rewritten.");
            return [];
        }
        string[] before = written.Split('\n');
        string[] after = page.Split('\n');
        return [.. before.Except(after).Select(line => "- " + line).Concat(after.Except(before).Select(line => "+ " + line)).Take(20), $"({name} differs)"];
    }

    private void Judge(string check, IEnumerable<string> faults)
    {
        List<string> found = [.. faults];
        checks += found.Count == 0 ? new Total(1, 0, 0) : new Total(0, 1, 0);
        if (found.Count > 0)
        {
            Console.WriteLine($"FAILED  {check}:");
            Print(found);
        }
    }

    private static void Print(IEnumerable<string> lines)
    {
        foreach (string line in lines)
        {
            Console.WriteLine("  " + line);
        }
    }
}
