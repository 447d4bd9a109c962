using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Policies;

namespace Evergrant.Policies.Tests;

/// <summary>The guide says what the knobs are, and its examples can be used. EVERGRANT_ACCEPT=1 rewrites the table.</summary>
public partial class GuideTests
{
    private const string Begin = "<!-- knobs -->\n", End = "<!-- /knobs -->";

    private static string Guide => Path.Combine(Root, "docs", "guides", "policies.md");

    private static string Root
    {
        get
        {
            string folder = AppContext.BaseDirectory;
            while (!File.Exists(Path.Combine(folder, "Evergrant.slnx"))) folder = Path.GetDirectoryName(folder)!;
            return folder;
        }
    }

    [Fact]
    public void The_guide_has_every_knob_with_its_values_and_default()
    {
        var table = new StringBuilder();
        foreach (IGrouping<string, Knob> group in Knob.All.GroupBy(k => k.Group))
        {
            table.Append('\n').Append("| ").Append(group.Key).Append(" | values | built in | what it does |\n|---|---|---|---|\n");
            foreach (Knob knob in group)
            {
                string confidential = Shown(knob, GrantPolicy.Confidential), open = Shown(knob, GrantPolicy.Public), browser = Shown(knob, GrantPolicy.PublicBrowser);
                string builtIn = confidential + (open == confidential ? "" : $"; {open} for public clients") + (browser == open ? "" : $"; {browser} for public clients in a browser");
                table.Append($"| `{knob.Name}` | {knob.Values} | {builtIn} | {knob.Meaning} |\n");
            }
        }
        table.Append('\n');
        string guide = File.ReadAllText(Guide);
        int begin = guide.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, end = guide.IndexOf(End, StringComparison.Ordinal);
        if (Environment.GetEnvironmentVariable("EVERGRANT_ACCEPT") == "1") File.WriteAllText(Guide, guide[..begin] + table + guide[end..]);
        else Assert.Equal(table.ToString(), guide[begin..end]);
    }

    [Fact]
    public void Every_example_of_the_guide_can_be_used()
    {
        int examples = 0;
        foreach (Match match in Json().Matches(File.ReadAllText(Guide)))
        {
            var faults = new List<string>();
            Assert.NotNull(PolicyDocument.Parse(JsonDocument.Parse(match.Groups[1].Value).RootElement, "", faults, isPublic: null));
            Assert.Empty(faults);
            examples++;
        }
        Assert.Equal(4, examples);
    }

    private static string Shown(Knob knob, GrantPolicy policy) => knob.ValueIn(policy)?.ToJsonString().Trim('"') is { } text ? $"`{text}`" : "null";

    [GeneratedRegex("```json\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Json();
}
