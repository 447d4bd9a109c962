using System.Collections;
using Evergrant.Hosting;
using Evergrant.Program.Tests.Harness;
using Evergrant.Tests;
using Xunit;

namespace Evergrant.Program.Tests.Hosting;

public class RootKeysTests
{
    private const string Zeros = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    private const UnixFileMode OfOwner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    [Fact]
    public void The_file_is_made_once_and_for_its_owner_only()
    {
        using var folder = new TemporaryFolder();
        Assert.True(RootKeySource.Create(folder.Path));
        string made = File.ReadAllText(folder.At("root.key"));
        Assert.False(RootKeySource.Create(folder.Path));
        Assert.Equal(made, File.ReadAllText(folder.At("root.key")));
        Assert.Equal(OfOwner, File.GetUnixFileMode(folder.At("root.key")));
        Assert.Equal(["root.key"], Directory.EnumerateFiles(folder.Path).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.GroupWrite)]
    [Requirement("ATTACK-404")]
    public void A_file_that_others_may_read_or_write_is_refused(UnixFileMode more)
    {
        using var folder = new TemporaryFolder();
        RootKeySource.Create(folder.Path);
        File.SetUnixFileMode(folder.At("root.key"), OfOwner | more);
        Assert.Contains("others may read it", Refused(folder), StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_never_made_by_reading()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("evergrant init", Refused(folder), StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(folder.Path));
    }

    [Theory]
    [InlineData("1 c2hvcnQ=")]
    [InlineData("0 " + Zeros)]
    [InlineData(Zeros)]
    [InlineData("65536 " + Zeros)]
    [InlineData("1 " + Zeros + "\n1 BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [Requirement("ATTACK-399")]
    public void A_faulty_entry_is_named_by_its_place_and_never_shown(string content)
    {
        using var folder = new TemporaryFolder();
        File.SetUnixFileMode(folder.Write("root.key", content), OfOwner);
        string ofFile = Refused(folder);
        Assert.Contains(" line ", ofFile, StringComparison.Ordinal);
        File.Delete(folder.At("root.key"));
        string ofVariable = Refused(folder, ("EVERGRANT_ROOT_KEYS", content));
        Assert.Contains("environment variable EVERGRANT_ROOT_KEYS entry ", ofVariable, StringComparison.Ordinal);
        foreach (string part in (string[])["AAAA", "c2hv"])
        {
            Assert.DoesNotContain(part, ofFile, StringComparison.Ordinal);
            Assert.DoesNotContain(part, ofVariable, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_environment_may_hold_the_keys_in_place_of_the_file()
    {
        using var folder = new TemporaryFolder();
        RootKeys root = RootKeys.Read(folder.Path, Environment(("EVERGRANT_ROOT_KEYS", $"1 {Zeros}; 3 {Zeros.Replace("AA=", "BA=", StringComparison.Ordinal)}")));
        Assert.Equal([1, 3], root.Numbers);
        Assert.False(root.Source.IsOurs);
        root.Reload();
        Assert.Equal([1, 3], root.Numbers);
    }

    [Fact]
    public void A_credential_of_systemd_may_hold_the_keys_and_show_the_bits_of_its_access_list()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.At("credentials"));
        string path = folder.Write("credentials/evergrant-root-keys", $"2 {Zeros}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        Assert.Equal([2], RootKeys.Read(folder.Path, Environment(("CREDENTIALS_DIRECTORY", folder.At("credentials")))).Numbers);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        Assert.Contains("others may read it", Refused(folder, ("CREDENTIALS_DIRECTORY", folder.At("credentials"))), StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_in_two_places_are_refused_with_both_places()
    {
        using var folder = new TemporaryFolder();
        RootKeySource.Create(folder.Path);
        string message = Refused(folder, ("EVERGRANT_ROOT_KEYS", $"1 {Zeros}"));
        Assert.Contains(folder.At("root.key"), message, StringComparison.Ordinal);
        Assert.Contains("environment variable EVERGRANT_ROOT_KEYS", message, StringComparison.Ordinal);
        Assert.DoesNotContain("AAAA", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_is_added_leaves_the_others_and_what_was_derived_from_them()
    {
        using var folder = new TemporaryFolder();
        RootKeySource.Create(folder.Path);
        RootKeys root = RootKeys.Read(folder.Path, Environment());
        byte[] before = root.Derive("client-secret").Current;
        root.Source.Add(2);
        root.Reload();
        Assert.Equal([1, 2], root.Numbers);
        Assert.Equal(1, root.Credentials.CurrentNumber);
        Assert.Equal(before, root.Derive("client-secret").Find(1)!);
        Assert.NotEqual(before, root.Derive("client-secret").Find(2)!);
        Assert.NotEqual(root.Derive("client-secret").Current, root.Derive("signing-key-wrap").Current);
        root.Source.Remove(1);
        Assert.Equal([2], RootKeys.Read(folder.Path, Environment()).Numbers);
        Assert.Equal(OfOwner, File.GetUnixFileMode(folder.At("root.key")));
        Assert.Equal("***", root.ToString());
    }

    private static string Refused(TemporaryFolder folder, params (string, string)[] variables) =>
        Assert.Throws<UnusableException>(() => RootKeys.Read(folder.Path, Environment(variables))).Message;

    private static Hashtable Environment(params (string Name, string Value)[] variables)
    {
        var environment = new Hashtable();
        foreach ((string name, string value) in variables) environment[name] = value;
        return environment;
    }
}
