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
    [InlineData("256", false, 16L)]
    [InlineData("100", true, 16L)]
    [InlineData("unlimited", false, null)]
    public void Clients_never_get_the_last_descriptors(string limit, bool pool, long? expected) => Assert.Equal(expected, Descriptors.ForClients(Limits.Replace("{0}", limit, StringComparison.Ordinal), pool));

    [Fact]
    public void A_text_that_does_not_say_it_sets_no_limit() => Assert.Null(Descriptors.ForClients("nothing of the kind", false));
}
