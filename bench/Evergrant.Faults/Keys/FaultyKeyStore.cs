using System.Reflection;
using Evergrant.Protocol.Keys;
using Evergrant.Protocol.Storage;

namespace Evergrant.Faults.Keys;

/// <summary>The server's store of keys, with what is written of signing keys changed. Everything else goes through untouched.</summary>
internal class FaultyKeyStore : DispatchProxy
{
    private IKeyStore _store = null!;
    private string _fault = "";
    private TimeProvider _clock = TimeProvider.System;

    /// <summary>Puts the fault around a store.</summary>
    /// <exception cref="ArgumentException">The fault is not known.</exception>
    public static IKeyStore Around(IKeyStore store, string fault, TimeProvider clock)
    {
        if (fault is not (KeyFaults.Unannounced or KeyFaults.GoneEarly or KeyFaults.NotWithdrawn)) throw new ArgumentException($"'{fault}' is no fault of keys", nameof(fault));
        IKeyStore proxy = Create<IKeyStore, FaultyKeyStore>();
        ((FaultyKeyStore)proxy)._store = store;
        ((FaultyKeyStore)proxy)._fault = fault;
        ((FaultyKeyStore)proxy)._clock = clock;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (targetMethod!.Name == nameof(IKeyStore.SaveKeysAsync)) args![2] = ((IReadOnlyList<SigningKeyRecord>)args[2]!).Select(Change).ToList();
        return _fault == KeyFaults.GoneEarly && targetMethod.Name == nameof(IKeyStore.ListKeysAsync) ? new ValueTask<IReadOnlyList<SigningKeyRecord>>(WithoutRetiredAsync((string)args![0]!, (CancellationToken)args[1]!)) : targetMethod.Invoke(_store, args);
    }

    // Reads a key that signs no more as gone.
    private async Task<IReadOnlyList<SigningKeyRecord>> WithoutRetiredAsync(string issuer, CancellationToken cancellationToken) =>
        [.. (await _store.ListKeysAsync(issuer, cancellationToken)).Select(k => k.RetiresAt <= _clock.GetUtcNow() ? k with { GoneAt = k.RetiresAt } : k)];

    private SigningKeyRecord Change(SigningKeyRecord key) => _fault switch
    {
        KeyFaults.Unannounced => key with { SignsFrom = key.AnnouncedAt },
        KeyFaults.NotWithdrawn => key with { WithdrawnAt = null },
        _ => key,
    };
}
