namespace Evergrant.Protocol.Keys;

/// <summary>The keys of one purpose: one for each root key, under its number. What they protect carries the number of its key.</summary>
public sealed class NumberedKeys
{
    private readonly Dictionary<int, byte[]> _keys;

    /// <summary>Takes the keys.</summary>
    /// <param name="keys">Number (1 to 65535) and 256-bit key; at least one.</param>
    /// <param name="current">Number of the key for what is made now; it must be among them.</param>
    /// <exception cref="ArgumentException">The current key is not there.</exception>
    public NumberedKeys(IEnumerable<KeyValuePair<int, byte[]>> keys, int current)
    {
        _keys = new(keys);
        Current = _keys.GetValueOrDefault(current) ?? throw new ArgumentException("The current key is not among the keys.", nameof(current));
        CurrentNumber = current;
        Lowest = _keys.Keys.Min();
    }

    /// <summary>Number of the key for what is made now.</summary>
    public int CurrentNumber { get; }

    /// <summary>The key for what is made now.</summary>
    public byte[] Current { get; }

    /// <summary>The lowest number. What was made before keys were numbered is of this key.</summary>
    public int Lowest { get; }

    /// <summary>The key of a number.</summary>
    /// <param name="number">The number; null for what was made before keys were numbered.</param>
    /// <returns>Null when there is no such key, or no such key any more.</returns>
    public byte[]? Find(int? number) => _keys.GetValueOrDefault(number ?? Lowest);

    /// <summary>All keys, that for what is made now first.</summary>
    public IEnumerable<byte[]> All => _keys.OrderByDescending(k => k.Key == CurrentNumber).ThenByDescending(k => k.Key).Select(k => k.Value);

    /// <summary>Tells nothing.</summary>
    public override string ToString() => "***";
}
