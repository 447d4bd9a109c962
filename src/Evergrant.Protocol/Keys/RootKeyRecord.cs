namespace Evergrant.Protocol.Keys;

/// <summary>What a store knows of a root key: never the key. All nodes of a server read here which keys they must have, and which of them makes what is new.</summary>
/// <param name="Number">1 to 65535.</param>
/// <param name="CheckValue">32 bytes derived from the key, by which a node finds that it has another one; they tell nothing about the key.</param>
/// <param name="AddedAt">When the first node had it.</param>
/// <param name="ActiveFrom">From when on it makes what is new, until a younger one does; null while it waits.</param>
/// <param name="DroppedAt">When nothing needed it any more; null while it stands.</param>
public sealed record RootKeyRecord(int Number, byte[] CheckValue, DateTimeOffset AddedAt, DateTimeOffset? ActiveFrom, DateTimeOffset? DroppedAt)
{
    /// <summary>The key that makes what is new: of those that stand, the one that became active last.</summary>
    /// <param name="keys">All root keys.</param>
    /// <param name="now">The instant.</param>
    /// <returns>Null when there is none yet.</returns>
    public static RootKeyRecord? Active(IEnumerable<RootKeyRecord> keys, DateTimeOffset now) =>
        keys.Where(k => k.DroppedAt is null && k.ActiveFrom <= now).MaxBy(k => (k.ActiveFrom, k.Number));
}

/// <summary>A running node and the root keys that it has.</summary>
/// <param name="Node">Random name of the process.</param>
/// <param name="Numbers">Numbers of its root keys, ascending.</param>
/// <param name="SeenAt">When it said so last.</param>
public sealed record RootKeyHolder(string Node, IReadOnlyList<int> Numbers, DateTimeOffset SeenAt);

/// <summary>A secret of the server that outlives root keys: stored under the present one, and wrapped again when that changes.</summary>
/// <param name="Name">What it is for, e.g. pairwise-subject.</param>
/// <param name="KeyNumber">Number of the root key that wraps it.</param>
/// <param name="Wrapped">Nonce (12), ciphertext and tag (16) of AES-256-GCM; the name is associated data.</param>
public sealed record WrappedSecret(string Name, int KeyNumber, byte[] Wrapped)
{
    /// <summary>Tells the name.</summary>
    public override string ToString() => Name;
}
