using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Evergrant.Program.Tests.Secrets;

/// <summary>Hears everything that a server in this process says: log lines with their values, scopes and exceptions, activities with tags and events, measurements with tags.</summary>
internal sealed class Witness : ILoggerProvider, ISupportExternalScope, IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>
{
    private static readonly AsyncLocal<Witness?> OfThisHost = new();
    private readonly StringBuilder _logs = new(), _activities = new(), _metrics = new();
    private readonly ActivityListener _activityListener;
    private readonly MeterListener _meterListener = new();
    private readonly List<IDisposable> _subscriptions = [];
    private IExternalScopeProvider? _scopes;

    public Witness()
    {
        _activityListener = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = Note,
        };
        ActivitySource.AddActivityListener(_activityListener);
        _meterListener.InstrumentPublished = (instrument, listener) => listener.EnableMeasurementEvents(instrument);
        _meterListener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
        _meterListener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Note(instrument, value, tags));
        _meterListener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, value, tags));
        _meterListener.Start();
        _subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));
    }

    /// <summary>Types of the services of the host.</summary>
    public IReadOnlyList<Type> Registered { get; private set; } = [];

    public byte[] Logs => Bytes(_logs);

    public byte[] Activities => Bytes(_activities);

    public byte[] Metrics
    {
        get
        {
            _meterListener.RecordObservableInstruments();
            return Bytes(_metrics);
        }
    }

    /// <summary>Hosts that are built from here on in this flow are heard, with the filters that they have themselves.</summary>
    public void Attend() => OfThisHost.Value = this;

    public ILogger CreateLogger(string categoryName) => new Line(this, categoryName);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public void Dispose()
    {
        foreach (IDisposable subscription in _subscriptions) subscription.Dispose();
        _activityListener.Dispose();
        _meterListener.Dispose();
    }

    public void OnNext(DiagnosticListener value)
    {
        if (value.Name == "Microsoft.Extensions.Hosting") _subscriptions.Add(value.Subscribe(this));
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (OfThisHost.Value != this || value is not { Key: "HostBuilding", Value: IHostBuilder builder }) return;
        builder.ConfigureServices((_, services) =>
        {
            Registered = [.. services.Select(s => s.ServiceType)];
            services.RemoveAll<ILoggerProvider>();
            services.AddSingleton<ILoggerProvider>(this);
        });
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    private void Note(Activity activity)
    {
        var text = new StringBuilder().Append(activity.Source.Name).Append(' ').Append(activity.DisplayName).Append(' ').Append(activity.StatusDescription);
        foreach ((string key, object? value) in activity.TagObjects) text.Append(' ').Append(key).Append('=').Append(value);
        foreach ((string key, string? value) in activity.Baggage) text.Append(' ').Append(key).Append('=').Append(value);
        foreach (ActivityEvent happened in activity.Events)
        {
            text.Append(' ').Append(happened.Name);
            foreach ((string key, object? value) in happened.Tags) text.Append(' ').Append(key).Append('=').Append(value);
        }
        lock (_activities) _activities.Append(text).Append('\n');
    }

    private void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var text = new StringBuilder().Append(instrument.Meter.Name).Append(' ').Append(instrument.Name).Append(' ').Append(value);
        foreach ((string key, object? tag) in tags) text.Append(' ').Append(key).Append('=').Append(tag);
        lock (_metrics) _metrics.Append(text).Append('\n');
    }

    private static byte[] Bytes(StringBuilder text)
    {
        lock (text) return Encoding.UTF8.GetBytes(text.ToString());
    }

    private sealed class Line(Witness witness, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => witness._scopes?.Push(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var text = new StringBuilder($"{logLevel} {category} {eventId} {formatter(state, exception)} {exception}");
            if (state is IEnumerable<KeyValuePair<string, object?>> values)
            {
                foreach ((string key, object? value) in values) text.Append(' ').Append(key).Append('=').Append(value);
            }
            witness._scopes?.ForEachScope(static (scope, to) => to.Append(' ').Append(scope), text);
            lock (witness._logs) witness._logs.Append(text).Append('\n');
        }
    }
}
