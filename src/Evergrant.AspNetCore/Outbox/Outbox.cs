using Evergrant.AspNetCore.Outbound;
using Evergrant.Protocol.Storage;
using Microsoft.Extensions.Logging;

namespace Evergrant.AspNetCore.Outbox;

/// <summary>Makes one try of a kind of delivery.</summary>
internal interface IDeliverySender
{
    /// <summary>The kinds that it knows.</summary>
    IReadOnlyList<DeliveryKind> Kinds { get; }

    /// <summary>Tries.</summary>
    /// <param name="delivery">What to tell.</param>
    /// <param name="cancellationToken">Ends the try.</param>
    /// <returns>None when the client has it, or when there is nobody to tell any more.</returns>
    ValueTask<FetchFault> SendAsync(Delivery delivery, CancellationToken cancellationToken);
}

/// <summary>Delivers what was written to be delivered. A delivery is taken by moving its due time ahead, so that of several nodes one tries; what cannot be delivered is tried again later,
/// and given up after the last try.</summary>
internal sealed partial class Outbox(IGrantStore store, IEnumerable<IDeliverySender> senders, RefusalLog log, TimeProvider clock, ILogger<Outbox> logger)
{
    private const int Batch = 100;
    private const int AtOnce = 16;

    // What a person who is leaving waits for others to hear of it.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly Dictionary<DeliveryKind, IDeliverySender> _senders = senders.SelectMany(s => s.Kinds.Select(k => KeyValuePair.Create(k, s))).ToDictionary();

    /// <summary>Makes the first try of deliveries that have just been written by this node, all at once, and waits for them for a few seconds. What is not done then goes on by itself.</summary>
    public async ValueTask SendNewAsync(IReadOnlyList<Delivery> deliveries)
    {
        if (deliveries.Count == 0) return;
        Task all = Parallel.ForEachAsync(deliveries, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, (delivery, c) => TryAsync(delivery, c));
        await Task.WhenAny(all, Task.Delay(Patience, TimeProvider.System, CancellationToken.None));
    }

    /// <summary>Takes and tries everything that is due.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be asked.</exception>
    public async ValueTask SendDueAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<Delivery> due = await store.ListDeliveriesAsync(clock.GetUtcNow(), Batch, cancellationToken);
        await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (delivery, c) =>
        {
            if (delivery.Next(clock.GetUtcNow()) is not { } take) await GiveUpAsync(delivery, c);
            else if (await store.CommitAsync(take, null, c) == CommitResult.Committed) await TryAsync(delivery with { Tries = delivery.Tries + 1 }, c);
        });
    }

    // Whatever goes wrong leaves the row, and with it the next try.
    private async ValueTask TryAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        try
        {
            FetchFault fault = await _senders[delivery.Kind].SendAsync(delivery, cancellationToken);
            log.Count(fault == FetchFault.None ? "Delivered" : "NotDelivered", null);
            if (fault == FetchFault.None) await store.CommitAsync(new RemoveDelivery(delivery.Id), null, cancellationToken);
            // Back-Channel Logout section 2.5: what was refused is not repeated, and what failed is, later.
            else if (fault == FetchFault.Refused || delivery.Tries >= Delivery.MostTries) await GiveUpAsync(delivery, cancellationToken);
        }
        catch (StoreUnavailableException exception)
        {
            Left(delivery.Kind, delivery.ClientId, exception.Message);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            log.Fault(exception, "Outbox");
        }
    }

    private async ValueTask GiveUpAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        EventRecord record = log.Make(new Told("DeliveryGivenUp", "Outbox", delivery.Issuer, delivery.ClientId));
        await store.CommitAsync(new RemoveDelivery(delivery.Id), record, cancellationToken);
        GivenUp(delivery.Kind, delivery.ClientId, delivery.Tries, record.Reference);
    }

    [LoggerMessage(LogLevel.Warning, "{Kind} for client {ClientId} was given up after {Tries} tries, reference {Reference}")]
    private partial void GivenUp(DeliveryKind kind, string clientId, int tries, string reference);

    [LoggerMessage(LogLevel.Warning, "{Kind} for client {ClientId} is left for later: {Reason}")]
    private partial void Left(DeliveryKind kind, string clientId, string reason);
}
