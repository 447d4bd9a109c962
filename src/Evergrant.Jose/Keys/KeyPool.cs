namespace Evergrant.Jose;

/// <summary>
/// Key objects of the BCL, lent to one caller at a time: their documentation promises nothing about concurrent use of one object, and importing a key
/// costs more than signing with it. Keeps at most two objects per processor; a caller who finds none imports one and the surplus is disposed of.
/// </summary>
/// <param name="import">Makes one more object of the same key.</param>
internal sealed class KeyPool<TKey>(Func<TKey> import)
    where TKey : class, IDisposable
{
    private readonly TKey?[] idle = new TKey?[2 * Environment.ProcessorCount];
    private volatile bool closed;

    public TKey Rent()
    {
        ObjectDisposedException.ThrowIf(closed, this);
        for (int i = 0, start = Start(); i < idle.Length; i++)
        {
            ref TKey? slot = ref idle[(start + i) % idle.Length];
            if (Volatile.Read(ref slot) is not null && Interlocked.Exchange(ref slot, null) is { } key)
                return key;
        }
        return import();
    }

    public void Return(TKey key)
    {
        for (int i = 0, start = Start(); i < idle.Length && !closed; i++)
        {
            ref TKey? slot = ref idle[(start + i) % idle.Length];
            if (Volatile.Read(ref slot) is not null || Interlocked.CompareExchange(ref slot, key, null) is not null)
                continue;
            if (closed)
                Drain();
            return;
        }
        key.Dispose();
    }

    /// <summary>Disposes of the objects that are idle now, and of the others as they come back. A public key's pool is left to the collector instead.</summary>
    public void Close()
    {
        closed = true;
        Drain();
    }

    // Each processor begins at its own slot, so that they do not all meet at the first.
    private int Start() => (int)((uint)Thread.GetCurrentProcessorId() % (uint)idle.Length);

    private void Drain()
    {
        for (int i = 0; i < idle.Length; i++)
            Interlocked.Exchange(ref idle[i], null)?.Dispose();
    }
}
