using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Evergrant.Hosting;

/// <summary>Log lines on standard error: instant in UTC, level, where from, what. One line each; an exception follows indented.</summary>
internal sealed class LogLines() : ConsoleFormatter(FormatterName)
{
    private const string FormatterName = "evergrant";

    /// <inheritdoc/>
    public override void Write<TState>(in LogEntry<TState> entry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        if (IsSaidElsewhere(entry.Category, entry.EventId.Id, entry.Exception)) return;
        textWriter.Write(TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        textWriter.Write(LevelOf(entry.LogLevel));
        textWriter.Write(entry.Category.AsSpan(entry.Category.LastIndexOf('.') + 1));
        textWriter.Write(": ");
        // A line is a line whatever a stranger sent: nobody writes lines of their own into the log.
        WriteLine(textWriter, entry.Formatter(entry.State, null));
        if (entry.Exception is not { } exception) return;
        foreach (string line in exception.ToString().Split('\n'))
        {
            textWriter.Write("    ");
            WriteLine(textWriter, line);
        }
    }

    // Why the server cannot listen is said by whoever starts it; that work ends when the server stops is no fault.
    private static bool IsSaidElsewhere(string category, int id, Exception? exception) =>
        category == "Microsoft.Extensions.Hosting.Internal.Host" && (id == 11 || exception is OperationCanceledException);

    private static void WriteLine(TextWriter writer, string text)
    {
        foreach (char c in text) writer.Write(char.IsControl(c) ? ' ' : c);
        writer.Write('\n');
    }

    private static string LevelOf(LogLevel level) => level switch
    {
        LogLevel.Trace => " trace ",
        LogLevel.Debug => " debug ",
        LogLevel.Information => " info  ",
        LogLevel.Warning => " warn  ",
        LogLevel.Error => " error ",
        _ => " CRIT  ",
    };

    /// <summary>Adds the lines to a host.</summary>
    /// <param name="logging">The host's logging.</param>
    /// <param name="level">From which level on.</param>
    public static void Add(ILoggingBuilder logging, LogLevel level)
    {
        logging.SetMinimumLevel(level);
        // What the framework says about each request is for those who ask for everything.
        logging.AddFilter("Microsoft", level <= LogLevel.Debug ? level : LogLevel.Warning);
        // A browser that stops a transfer, or a stranger who sends garbage, is no event of ours.
        logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", level <= LogLevel.Debug ? level : LogLevel.Error);
        // It writes whole URLs: id_token_hint belongs there, and what clients put there by mistake is worse. With it off, no activity and no scope, which no line here shows, is made for each request.
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        logging.AddConsole(options => options.FormatterName = FormatterName);
        logging.AddConsoleFormatter<LogLines, ConsoleFormatterOptions>();
        logging.Services.Configure<ConsoleLoggerOptions>(options => options.LogToStandardErrorThreshold = LogLevel.Trace);
    }
}
