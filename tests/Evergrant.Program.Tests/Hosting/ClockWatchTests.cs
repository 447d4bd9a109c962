using Evergrant.Hosting;
using Evergrant.Hosting.Settings;
using Evergrant.Program.Tests.Harness;
using Evergrant.Protocol.Storage;
using Evergrant.Sqlite;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Evergrant.Program.Tests.Hosting;

public sealed class ClockWatchTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly TemporaryFolder _folder = new();
    private readonly SteppedTime _system = new(Noon);
    private readonly Lines _lines = new();
    private SqliteStore _store = null!;

    public async ValueTask InitializeAsync() => _store = await SqliteStore.OpenAsync(new SqliteOptions(_folder.At("data")));

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_clock_that_went_back_is_told_once_until_it_is_right_again()
    {
        using ClockWatch watch = Watch(new SteadyClock(_system, null));
        await watch.LookAsync(default);
        Assert.Empty(_lines.Written);
        _system.Step(TimeSpan.FromHours(-1));
        await watch.LookAsync(default);
        await watch.LookAsync(default);
        (LogLevel level, string text) = Assert.Single(_lines.Written);
        Assert.Equal(LogLevel.Critical, level);
        Assert.Contains("01:00:00 behind", text, StringComparison.Ordinal);
        _system.Step(TimeSpan.FromHours(1));
        await watch.LookAsync(default);
        _system.Step(TimeSpan.FromHours(-2));
        await watch.LookAsync(default);
        Assert.Equal([LogLevel.Critical, LogLevel.Information, LogLevel.Critical], _lines.Written.Select(l => l.Level));
    }

    [Fact]
    public async Task A_start_before_the_store_s_time_is_told()
    {
        using ClockWatch watch = Watch(new SteadyClock(_system, Noon.AddDays(1)));
        await watch.LookAsync(default);
        Assert.Contains("1.00:00:00 behind", Assert.Single(_lines.Written).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_jump_forward_is_told()
    {
        using ClockWatch watch = Watch(new SteadyClock(_system, null));
        _system.Step(TimeSpan.FromDays(1));
        await watch.LookAsync(default);
        await watch.LookAsync(default);
        Assert.Contains("jumped", Assert.Single(_lines.Written, l => l.Level == LogLevel.Critical).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_clock_that_is_corrected_by_a_second_is_no_event()
    {
        using ClockWatch watch = Watch(new SteadyClock(_system, null));
        _system.Step(TimeSpan.FromSeconds(-1));
        await watch.LookAsync(default);
        _system.Step(TimeSpan.FromSeconds(2));
        await watch.LookAsync(default);
        Assert.Empty(_lines.Written);
    }

    private ClockWatch Watch(SteadyClock clock) => new(clock, _store.Grants, new ServerSettings { Folder = _folder.At("data"), Issuers = ["https://login.example"], Urls = [] }, _lines);

    private sealed class Lines : ILogger<ClockWatch>
    {
        public List<(LogLevel Level, string Text)> Written { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Written.Add((logLevel, formatter(state, exception)));
    }
}
