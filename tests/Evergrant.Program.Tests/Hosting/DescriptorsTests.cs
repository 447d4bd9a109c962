using Evergrant.Hosting;
using Xunit;

namespace Evergrant.Program.Tests.Hosting;

public class DescriptorsTests
{
    private const string Limits = "Limit                     Soft Limit           Hard Limit           Units     \nMax processes             95000                95000                processes \nMax open files            {0}                 {0}                files     \n";

    [Theory]
    [InlineData("20000", false, 19680L)]
    [InlineData("20000", true, 19552L)]
    [InlineData("1024", false, 704L)]
    [InlineData("352", false, 32L)]
    [InlineData("480", true, 32L)]
    [InlineData("unlimited", false, null)]
    public void Clients_never_get_the_last_descriptors(string limit, bool pool, long? expected) => Assert.Equal(expected, Descriptors.ForClients(Limits.Replace("{0}", limit, StringComparison.Ordinal), pool));

    [Theory]
    [InlineData("351", false, "352")]
    [InlineData("479", true, "480")]
    [InlineData("64", false, "352")]
    public void A_process_that_would_run_out_of_them_does_not_begin(string limit, bool pool, string needed)
    {
        string said = Assert.Throws<UnusableException>(() => Descriptors.ForClients(Limits.Replace("{0}", limit, StringComparison.Ordinal), pool)).Message;
        Assert.Contains($"have {limit} files", said, StringComparison.Ordinal);
        Assert.Contains($"needs {needed} at least", said, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_that_does_not_say_it_sets_no_limit() => Assert.Null(Descriptors.ForClients("nothing of the kind", false));
}
