using Evergrant.Protocol.Keys;

namespace Evergrant.Protocol.Tests.Keys;

public class NumberedKeysTests
{
    private static readonly NumberedKeys Keys = new([KeyValuePair.Create(3, new byte[] { 3 }), KeyValuePair.Create(7, new byte[] { 7 })], 3);

    [Fact]
    public void A_number_finds_its_key_and_no_number_finds_the_lowest()
    {
        Assert.Equal([7], Keys.Find(7)!);
        Assert.Equal([3], Keys.Find(null)!);
        Assert.Null(Keys.Find(1));
        Assert.Equal((3, 3), (Keys.CurrentNumber, Keys.Current[0]));
    }

    [Fact]
    public void A_current_key_that_is_not_there_is_a_fault() => Assert.Throws<ArgumentException>(() => new NumberedKeys([KeyValuePair.Create(1, new byte[32])], 2));

    [Fact]
    public void Nothing_is_told_of_the_keys() => Assert.Equal("***", Keys.ToString());
}
