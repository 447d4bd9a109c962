namespace Evergrant.Postgres;

/// <summary>The database cannot serve as a store; the message says why and what to do.</summary>
public sealed class StoreOpenException : Exception
{
    /// <summary>Creates the exception.</summary>
    public StoreOpenException() { }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">For the operator.</param>
    public StoreOpenException(string message) : base(message) { }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">For the operator.</param>
    /// <param name="innerException">The cause.</param>
    public StoreOpenException(string message, Exception innerException) : base(message, innerException) { }
}
