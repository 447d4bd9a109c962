using Evergrant.Protocol.Storage;

namespace Evergrant.Storage.Tests;

/// <summary>A store that the conformance suite can open, close and open again. Each instance is a store of its own, empty at first.</summary>
public interface IStoreUnderTest : IAsyncDisposable
{
    IGrantStore Grants { get; }

    IClientStore Clients { get; }

    IKeyStore Keys { get; }

    IAccountStore Accounts { get; }

    IAuditStore Audit { get; }

    /// <summary>Opens what is stored; for the first time, an empty store.</summary>
    Task OpenAsync();

    /// <summary>Closes it in good order; what is stored stays.</summary>
    Task CloseAsync();
}
