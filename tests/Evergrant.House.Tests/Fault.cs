using Xunit;

namespace Evergrant.House.Tests;

/// <summary>A rule gives its faults as lines of text; a test shows them all.</summary>
internal static class Fault
{
    /// <summary>Fails with every fault when there is one.</summary>
    public static void None(IEnumerable<string> faults)
    {
        List<string> found = [.. faults];
        if (found.Count > 0)
        {
            Assert.Fail(string.Join('\n', found));
        }
    }
}
