namespace Evergrant.Sqlite;

/// <summary>The folder or the file in it cannot serve as a store; the message says why and what to do.</summary>
public class StoreOpenException : Exception
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

/// <summary>Another process has the store open: a file has one writer.</summary>
public sealed class StoreInUseException : StoreOpenException
{
    /// <summary>Creates the exception.</summary>
    public StoreInUseException() { }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">For the operator.</param>
    public StoreInUseException(string message) : base(message) { }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">For the operator.</param>
    /// <param name="innerException">The cause.</param>
    public StoreInUseException(string message, Exception innerException) : base(message, innerException) { }

    /// <summary>Creates the exception.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="processId">Who has it open; null when that could not be read.</param>
    public StoreInUseException(string folder, int? processId) : base(
        processId is null ? $"{folder} is in use by another process." : $"{folder} is in use by process {processId}.") => ProcessId = processId;

    /// <summary>The process that has the store open; null when that could not be read.</summary>
    public int? ProcessId { get; }
}
