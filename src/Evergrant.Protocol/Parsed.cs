using System.Diagnostics.CodeAnalysis;

namespace Evergrant.Protocol;

/// <summary>What became of reading something: the value, or everything that is wrong with it.</summary>
/// <typeparam name="T">What was to be read.</typeparam>
public readonly struct Parsed<T>
    where T : class
{
    private readonly IReadOnlyList<string>? _faults;

    /// <summary>A value.</summary>
    /// <param name="value">The value.</param>
    public Parsed(T value) => Value = value;

    /// <summary>Faults, at least one.</summary>
    /// <param name="faults">Each in words for whoever wrote the input, with its place.</param>
    public Parsed(IReadOnlyList<string> faults) => _faults = faults;

    /// <summary>Whether there is a value.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    public bool IsValid => Value is not null;

    /// <summary>The value; null when there are faults.</summary>
    public T? Value { get; }

    /// <summary>The faults; empty when there is a value.</summary>
    public IReadOnlyList<string> Faults => _faults ?? [];
}
