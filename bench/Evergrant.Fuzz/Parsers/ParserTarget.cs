namespace Evergrant.Fuzz.Parsers;

/// <summary>One parser: takes bytes, says what it made of them, and throws nothing.</summary>
/// <param name="Name">Name on the command line.</param>
/// <param name="Seeds">Inputs that it accepts, or nearly.</param>
/// <param name="Read">Reads an input. What it gives stands for the way that was taken: accepted, or which fault; new ways are followed.
/// Throws <see cref="BrokenPropertyException"/> when something holds no more that must hold for every input.</param>
internal sealed record ParserTarget(string Name, IReadOnlyList<byte[]> Seeds, Func<ReadOnlyMemory<byte>, int> Read);

/// <summary>What must hold for every input does not hold for this one.</summary>
internal sealed class BrokenPropertyException(string sentence) : Exception(sentence);
