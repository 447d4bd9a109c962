namespace Evergrant.Hosting;

/// <summary>What the program was given cannot be used: settings, files, arguments. All faults at once, in words for whoever starts it.</summary>
internal sealed class UnusableException : Exception
{
    /// <summary>One fault.</summary>
    /// <param name="fault">With its place.</param>
    public UnusableException(string fault) : base(fault) => Faults = [fault];

    /// <summary>Several faults.</summary>
    /// <param name="title">What cannot be used.</param>
    /// <param name="faults">Each with its place; at least one.</param>
    public UnusableException(string title, IReadOnlyList<string> faults) : base(title + string.Concat(faults.Select(f => "\n  - " + f))) => Faults = faults;

    /// <summary>The faults without the title.</summary>
    public IReadOnlyList<string> Faults { get; }
}
