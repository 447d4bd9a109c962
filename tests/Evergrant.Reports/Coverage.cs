namespace Evergrant.Reports;

/// <summary>Which rows are covered by which tests.</summary>
internal sealed class Coverage
{
    private readonly Dictionary<string, SortedSet<string>> testsById = new(StringComparer.Ordinal);

    /// <summary>Ids that a test names and the catalogue does not have, with the test.</summary>
    public IReadOnlyList<string> UnknownIds { get; }

    /// <summary>A row is covered when a test that names it ran and passed in all its cases.</summary>
    public Coverage(Catalogue catalogue, IEnumerable<Suite> suites)
    {
        List<string> unknown = [];
        foreach (Test test in suites.SelectMany(s => s.Tests))
        {
            unknown.AddRange(test.Ids.Where(id => !catalogue.Knows(id)).Select(id => $"{id} in {test.Name}"));
            if (!test.Passed)
            {
                continue;
            }
            foreach (string id in test.Ids)
            {
                if (!testsById.TryGetValue(id, out SortedSet<string>? names))
                {
                    testsById.Add(id, names = new SortedSet<string>(StringComparer.Ordinal));
                }
                names.Add(test.Name);
            }
        }
        UnknownIds = [.. unknown.Order(StringComparer.Ordinal)];
    }

    /// <summary>Names of the tests that cover the row, sorted; empty when none does.</summary>
    public IReadOnlyCollection<string> TestsOf(string id) => testsById.TryGetValue(id, out SortedSet<string>? names) ? names : [];

    /// <summary>Names of the tests that try it, by its id or by its name alone.</summary>
    public IReadOnlyCollection<string> TestsOf(Trial trial) => trial.Id == trial.Name ? TestsOf(trial.Id) : [.. TestsOf(trial.Id).Union(TestsOf(trial.Name)).Order(StringComparer.Ordinal)];

    /// <summary>True when a test covers the row.</summary>
    public bool Covers(string id) => testsById.ContainsKey(id);
}
