using Evergrant.Hosting;
using Evergrant.Program.Tests.Harness;
using Xunit;

namespace Evergrant.Program.Tests.Hosting;

public class RootKeysTests
{
    [Fact]
    public void The_file_is_made_once_and_for_its_owner_only()
    {
        using var folder = new TemporaryFolder();
        Assert.True(RootKeys.Create(folder.Path));
        string made = File.ReadAllText(folder.At("root.key"));
        Assert.False(RootKeys.Create(folder.Path));
        Assert.Equal(made, File.ReadAllText(folder.At("root.key")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder.At("root.key")));
        Assert.Equal(["root.key"], Directory.EnumerateFiles(folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void A_file_that_others_may_read_is_refused()
    {
        using var folder = new TemporaryFolder();
        RootKeys.Create(folder.Path);
        File.SetUnixFileMode(folder.At("root.key"), UnixFileMode.UserRead | UnixFileMode.GroupRead);
        Assert.Contains("others may read it", Assert.Throws<UnusableException>(() => RootKeys.Read(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_never_made_by_reading()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("evergrant init", Assert.Throws<UnusableException>(() => RootKeys.Read(folder.Path)).Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(folder.Path));
    }

    [Theory]
    [InlineData("1 c2hvcnQ=")]
    [InlineData("0 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("1 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n1 BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    public void A_faulty_line_is_named_by_its_number_and_never_shown(string content)
    {
        using var folder = new TemporaryFolder();
        File.SetUnixFileMode(folder.Write("root.key", content), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        string message = Assert.Throws<UnusableException>(() => RootKeys.Read(folder.Path)).Message;
        Assert.Contains(" line ", message, StringComparison.Ordinal);
        Assert.DoesNotContain("AAAA", message, StringComparison.Ordinal);
        Assert.DoesNotContain("c2hv", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_further_number_makes_new_credentials_and_leaves_what_was_derived()
    {
        using var folder = new TemporaryFolder();
        RootKeys.Create(folder.Path);
        RootKeys before = RootKeys.Read(folder.Path);
        File.AppendAllText(folder.At("root.key"), $"2 {Convert.ToBase64String(new byte[32])}\n");
        RootKeys after = RootKeys.Read(folder.Path);
        Assert.Equal((1, 2), (before.Credentials.CurrentNumber, after.Credentials.CurrentNumber));
        Assert.Equal(before.Derive("client-secret"), after.Derive("client-secret"));
        Assert.NotEqual(after.Derive("client-secret"), after.Derive("signing-key-wrap"));
        Assert.Equal("***", after.ToString());
    }
}
