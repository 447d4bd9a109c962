using Microsoft.Extensions.Logging.Console;

namespace Evergrant.Hosting;

/// <summary>Log lines: one a line, on standard error, with the time in UTC.</summary>
internal static class LogLines
{
    /// <summary>Writes to standard error from a level on.</summary>
    public static ILoggingBuilder AddStandardError(this ILoggingBuilder logging, LogLevel level)
    {
        logging.SetMinimumLevel(level);
        // What the framework says about each request is for those who ask for everything.
        logging.AddFilter("Microsoft.AspNetCore", level <= LogLevel.Debug ? level : LogLevel.Warning);
        // A browser that stops a transfer, or a client that sends garbage, is no event of ours.
        logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", level <= LogLevel.Debug ? level : LogLevel.Error);
        logging.AddFilter("Microsoft.Hosting.Lifetime", level <= LogLevel.Debug ? level : LogLevel.Warning);
        logging.AddSimpleConsole(options =>
        {
            options.SingleLine = true;
            options.UseUtcTimestamp = true;
            options.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
            options.ColorBehavior = LoggerColorBehavior.Disabled;
        });
        logging.Services.Configure<ConsoleLoggerOptions>(options => options.LogToStandardErrorThreshold = LogLevel.Trace);
        return logging;
    }
}
