namespace Evergrant.Protocol.Storage;

/// <summary>The answer of a store to a change.</summary>
public enum CommitResult
{
    /// <summary>The condition held and the change is durable.</summary>
    Committed,

    /// <summary>The condition did not hold: nothing changed; read and decide again.</summary>
    Conflict,

    /// <summary>The change may or may not be durable. The answer is 503, never 200 and never invalid_grant.</summary>
    Unknown,
}

/// <summary>The store cannot be asked or has refused the change as a whole; nothing was changed.</summary>
public sealed class StoreUnavailableException : Exception
{
    /// <summary>Creates the exception.</summary>
    public StoreUnavailableException() { }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What failed, without secrets.</param>
    public StoreUnavailableException(string message) : base(message) { }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What failed, without secrets.</param>
    /// <param name="innerException">The store's own exception.</param>
    public StoreUnavailableException(string message, Exception innerException) : base(message, innerException) { }
}
