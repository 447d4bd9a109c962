using Evergrant.Hosting;
using Xunit;

namespace Evergrant.Program.Tests.Hosting;

public class CommandFrameTests
{
    [Fact]
    public async Task A_frame_comes_back_as_it_was_written()
    {
        using var stream = new MemoryStream();
        await CommandFrame.WriteAsync(stream, [1, 2, 3], CancellationToken.None);
        stream.Position = 0;
        Assert.Equal([1, 2, 3], await CommandFrame.ReadAsync(stream, CancellationToken.None));
    }

    [Theory]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF })]
    [InlineData(new byte[] { 0x7F, 0xFF, 0xFF, 0xFF })]
    [InlineData(new byte[] { 0, 0, 0, 9, 1 })]
    [InlineData(new byte[] { 0, 0 })]
    public async Task A_frame_that_lies_about_its_length_is_broken_off(byte[] bytes)
    {
        using var stream = new MemoryStream(bytes);
        await Assert.ThrowsAnyAsync<IOException>(() => CommandFrame.ReadAsync(stream, CancellationToken.None));
    }

    [Fact]
    public void What_was_typed_is_never_shown() => Assert.Equal("***", new CommandRequest(["user", "add"], "a password", "/", 0).ToString());
}
