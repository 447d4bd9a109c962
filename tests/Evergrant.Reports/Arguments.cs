namespace Evergrant.Reports;

/// <summary>The command line of this program.</summary>
internal sealed record Arguments
{
    /// <summary>Root of the repository.</summary>
    public string Root { get; private init; } = ".";

    /// <summary>Folder with what the suites left.</summary>
    public string Results { get; private init; } = "artifacts/test-results";

    /// <summary>Rewrite docs/specs.md instead of failing on a difference.</summary>
    public bool Accept { get; private init; }

    /// <summary>Only some suites ran: sum up, and leave docs/specs.md alone.</summary>
    public bool Partial { get; private init; }

    /// <summary>File of demands, or null.</summary>
    public string? Require { get; private init; }

    /// <summary>A demanded row that is neither covered nor left out is a failure, not a note.</summary>
    public bool Strict { get; private init; }

    /// <exception cref="ArgumentException">An unknown switch, or a switch without its value.</exception>
    public static Arguments Parse(IReadOnlyList<string> args)
    {
        var parsed = new Arguments();
        for (int i = 0; i < args.Count; i++)
        {
            parsed = args[i] switch
            {
                "--root" => parsed with { Root = Value() },
                "--results" => parsed with { Results = Value() },
                "--require" => parsed with { Require = Value() },
                "--accept" => parsed with { Accept = true },
                "--partial" => parsed with { Partial = true },
                "--strict-coverage" => parsed with { Strict = true },
                string other => throw new ArgumentException($"unknown argument {other}"),
            };

            string Value() => ++i < args.Count ? args[i] : throw new ArgumentException($"{args[i - 1]} needs a value");
        }
        return parsed;
    }
}
