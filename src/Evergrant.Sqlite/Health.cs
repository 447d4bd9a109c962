using Evergrant.Protocol.Storage;

namespace Evergrant.Sqlite;

/// <summary>Whether the store may still be asked. What has failed stays failed until the process starts again; a disk that only refuses, because it is full or read-only, may come back.</summary>
internal sealed class Health
{
    private readonly TaskCompletionSource<string> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile string? _noWrites;
    private volatile string? _noReads;
    private volatile string? _refused;

    /// <summary>Ends with the reason when the store fails; never ends otherwise.</summary>
    public Task<string> Failed => _failed.Task;

    /// <summary>Why nothing is written any more; null while all is well.</summary>
    public string? NoWrites => _noWrites;

    /// <summary>Why the last transaction was refused; null when it was not.</summary>
    public string? Refused
    {
        get => _noWrites ?? _refused;
        set => _refused = value;
    }

    /// <summary>What the disk holds is not known: no more writes (reliability rule F5).</summary>
    public void FailWrites(string reason)
    {
        _noWrites ??= reason;
        _failed.TrySetResult(reason);
    }

    /// <summary>The file is damaged: nothing is served from it (reliability rule F6).</summary>
    public void FailAll(string reason)
    {
        _noReads ??= reason;
        FailWrites(reason);
    }

    /// <summary>The store was closed in good order.</summary>
    public void Close()
    {
        _noReads ??= "The store is closed.";
        _noWrites ??= "The store is closed.";
    }

    /// <summary>Throws when nothing may be read.</summary>
    public void CheckReads()
    {
        if (_noReads is { } reason) throw new StoreUnavailableException(reason);
    }

    /// <summary>Throws when nothing may be written.</summary>
    public void CheckWrites()
    {
        if (_noWrites is { } reason) throw new StoreUnavailableException(reason);
    }
}
