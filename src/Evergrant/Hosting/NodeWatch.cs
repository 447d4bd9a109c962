using Evergrant.AspNetCore.Clients;
using Evergrant.AspNetCore.Keys;
using Evergrant.Postgres;

namespace Evergrant.Hosting;

/// <summary>Listens to the other nodes of a database: what one of them changes of clients and keys, this one forgets at once. What is missed while the connection is down
/// is bounded by the age of what is kept (<see cref="ServerServices.LongestAge"/>).</summary>
internal sealed partial class NodeWatch(PostgresStore store, ClientCatalogue catalogue, KeyRings keys, ILogger<NodeWatch> logger) : BackgroundService
{
    // A correction by less than this is a clock being kept right.
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (store.ClockBehind > Tolerance) ClockBehind(store.ClockBehind);
        return store.WatchAsync(Take, stoppingToken);
    }

    private void Take(Observed observed)
    {
        if (observed is Observed.Connected or Observed.ClientsChanged) catalogue.Invalidate();
        if (observed is Observed.Connected or Observed.KeysChanged) keys.Invalidate();
        if (observed == Observed.Connected) Listening(store.Address);
        if (observed == Observed.Lost) Lost();
        if (observed == Observed.ClockMoved) ClockMoved();
    }

    [LoggerMessage(LogLevel.Debug, "Listening to the other nodes of {Address}")]
    private partial void Listening(DatabaseAddress address);

    [LoggerMessage(LogLevel.Warning, "The connection that listens to the other nodes is lost; it is being made again")]
    private partial void Lost();

    [LoggerMessage(LogLevel.Critical, "The clock of the database is {Behind} behind the time that nodes of this database have already gone by. This server's time goes on from there, at half the speed, until the clock has caught up; check NTP on the database's machines (docs/operations/time.md)")]
    private partial void ClockBehind(TimeSpan behind);

    [LoggerMessage(LogLevel.Critical, "The clock of the database jumped by more than a second. Where it went back, this server's time goes on at half the speed until the clock has caught up; check NTP on the database's machines")]
    private partial void ClockMoved();
}
