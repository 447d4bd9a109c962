using System.Reflection;
using Evergrant.Protocol.Keys;
using Evergrant.Protocol.Storage;

namespace Evergrant.Faults.Keys;

/// <summary>The server's store of keys, with what is written of signing keys changed. Everything else goes through untouched.</summary>
internal class FaultyKeyStore : DispatchProxy
{
    private IKeyStore _store = null!;
    private string _fault = "";

    /// <summary>Puts the fault around a store.</summary>
    /// <exception cref="ArgumentException">The fault is not known.</exception>
    public static IKeyStore Around(IKeyStore store, string fault)
    {
        if (fault is not (KeyFaults.Unannounced or KeyFaults.GoneEarly or KeyFaults.NotWithdrawn)) throw new ArgumentException($"'{fault}' is no fault of keys", nameof(fault));
        IKeyStore proxy = Create<IKeyStore, FaultyKeyStore>();
        ((FaultyKeyStore)proxy)._store = store;
        ((FaultyKeyStore)proxy)._fault = fault;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (targetMethod!.Name == nameof(IKeyStore.SaveKeysAsync)) args![2] = ((IReadOnlyList<SigningKeyRecord>)args[2]!).Select(Change).ToList();
        return targetMethod.Invoke(_store, args);
    }

    private SigningKeyRecord Change(SigningKeyRecord key) => _fault switch
    {
        KeyFaults.Unannounced => key with { SignsFrom = key.AnnouncedAt },
        KeyFaults.GoneEarly => key with { GoneAt = key.RetiresAt.AddSeconds(1) },
        _ => key with { WithdrawnAt = null },
    };
}
