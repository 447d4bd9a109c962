using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Evergrant.Hosting;

/// <summary>Takes no more connections than there is room for: the others wait in the operating system's queue, where they cost this process nothing. Without it a flood of connections
/// uses up the descriptors before any limit that closes them afterwards has had its turn.</summary>
/// <param name="inner">Listens.</param>
/// <param name="most">Connections at a time, over all addresses; null for any number.</param>
internal sealed class BoundedListeners(IConnectionListenerFactory inner, long? most) : IConnectionListenerFactory
{
    private readonly SemaphoreSlim? _room = most is { } number ? new((int)Math.Min(number, int.MaxValue)) : null;

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        IConnectionListener listener = await inner.BindAsync(endpoint, cancellationToken);
        return _room is null ? listener : new Listener(listener, _room);
    }

    private sealed class Listener(IConnectionListener inner, SemaphoreSlim room) : IConnectionListener
    {
        private readonly CancellationTokenSource _unbound = new();

        public EndPoint EndPoint => inner.EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            try
            {
                using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _unbound.Token);
                await room.WaitAsync(either.Token);
            }
            catch (OperationCanceledException) when (_unbound.IsCancellationRequested)
            {
                // What ends the accepting of connections; the inner listener says so as well.
                return null;
            }
            ConnectionContext? connection = null;
            try
            {
                connection = await inner.AcceptAsync(cancellationToken);
            }
            finally
            {
                if (connection is null) room.Release();
            }
            if (connection is null) return null;
            // Closed by whoever is first to say so; the room is given back once.
            connection.ConnectionClosed.Register(static state => ((SemaphoreSlim)state!).Release(), room);
            return connection;
        }

        public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            await _unbound.CancelAsync();
            await inner.UnbindAsync(cancellationToken);
        }

        public ValueTask DisposeAsync()
        {
            _unbound.Cancel();
            return inner.DisposeAsync();
        }
    }
}
