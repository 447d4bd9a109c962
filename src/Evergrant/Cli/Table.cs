using Spectre.Console;

namespace Evergrant.Cli;

/// <summary>Tables for people: columns, no frame, no colour, so that they can be cut and searched as well.</summary>
internal static class Table
{
    // Wide enough that nothing is wrapped where the output goes into a file.
    private const int Unbounded = 4000;

    /// <summary>Writes a table, or what to say when it is empty.</summary>
    public static void Write(Invocation invocation, string empty, IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        var table = new Spectre.Console.Table { Border = TableBorder.None };
        foreach (string column in columns) table.AddColumn(new TableColumn(new Text(column.ToUpperInvariant())) { Padding = new Padding(0, 0, 2, 0) });
        foreach (IReadOnlyList<string> row in rows) table.AddRow(row.Select(cell => new Text(cell)));
        if (table.Rows.Count == 0) invocation.Out.WriteLine(empty);
        else Render(invocation, table);
    }

    /// <summary>Writes names and values, one beside the other; pairs without a value are left out.</summary>
    public static void WritePairs(Invocation invocation, IEnumerable<(string Name, string? Value)> pairs)
    {
        var grid = new Grid().AddColumn(new GridColumn { NoWrap = true, Padding = new Padding(0, 0, 3, 0) }).AddColumn(new GridColumn { Padding = new Padding(0, 0, 0, 0) });
        foreach ((string name, string? value) in pairs)
        {
            if (!string.IsNullOrEmpty(value)) grid.AddRow(new Text(name), new Text(value));
        }
        Render(invocation, grid);
    }

    private static void Render(Invocation invocation, Spectre.Console.Rendering.IRenderable what)
    {
        using var text = new StringWriter(System.Globalization.CultureInfo.InvariantCulture);
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(text) });
        console.Profile.Width = invocation.Width > 0 ? invocation.Width : Unbounded;
        console.Write(what);
        foreach (string line in text.ToString().TrimEnd().Split('\n')) invocation.Out.WriteLine(line.TrimEnd());
    }
}
