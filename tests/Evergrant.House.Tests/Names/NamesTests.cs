using Xunit;

namespace Evergrant.House.Tests.Names;

public class NamesTests
{
    [Fact]
    public void No_type_is_named_with_a_word_that_says_nothing() =>
        Fault.None(Tree.Projects.SelectMany(p => TypeNames.Written(Tree.AssemblyOf(p))).Select(t => TypeNames.Fault(t.Name)).OfType<string>());

    [Theory]
    [InlineData("TokenManager")]
    [InlineData("UrlHelpers")]
    [InlineData("EndpointBase")]
    [InlineData("DefaultStore")]
    [InlineData("ClientInfo")]
    [InlineData("GrantData`1")]
    [InlineData("EvergrantStore")]
    [InlineData("JWTUtil")]
    public void A_word_that_says_nothing_is_found(string name) => Assert.NotNull(TypeNames.Fault(name));

    [Theory]
    [InlineData("Base64Url")]
    [InlineData("UserInfoReply")]
    [InlineData("Database")]
    [InlineData("ServerMetadata")]
    [InlineData("EvergrantEndpoints")]
    [InlineData("IGrantStore")]
    public void A_word_of_the_field_is_let_be(string name) => Assert.Null(TypeNames.Fault(name));

    [Fact]
    public void Every_test_is_named_with_a_sentence() =>
        Fault.None(Tree.Under("tests", ".cs").SelectMany(f => TestNames.Faults(Tree.Read(f)).Select(name => $"{f}: {name}")));

    [Fact]
    public void A_test_without_a_sentence_is_found()
    {
        const string Source = """
            [Fact, Requirement("X")]
            public void Works() { }
            [Theory]
            [InlineData("(", 1)]
            public async Task A_name_is_a_sentence(string x) { }
            """;
        Assert.Equal(["Works"], TestNames.Faults(Source));
    }

    [Fact]
    public void Every_endpoint_of_the_host_has_its_folder_in_the_protocol() =>
        Fault.None(Folders.Faults(Folders.FilesOf("src/Evergrant.Protocol"), Folders.FilesOf("src/Evergrant.AspNetCore")));

    [Fact]
    public void Every_endpoint_folder_of_the_protocol_is_served_by_the_host()
    {
        HashSet<string> host = [.. Folders.FilesOf("src/Evergrant.AspNetCore").Select(Folders.First)];
        Fault.None(Folders.FilesOf("src/Evergrant.Protocol").Select(Folders.First).Distinct().Intersect(Folders.Endpoints)
            .Where(folder => !host.Contains(folder)).Select(folder => $"Evergrant.AspNetCore has no folder {folder}/"));
    }

    [Fact]
    public void The_tests_of_the_protocol_mirror_its_folders()
    {
        HashSet<string> folders = [.. Folders.FilesOf("src/Evergrant.Protocol").Select(Folders.First)];
        Fault.None(Folders.FilesOf("tests/Evergrant.Protocol.Tests").Select(Folders.First).Distinct().Except(folders));
    }

    [Fact]
    public void Both_stores_have_the_same_files()
    {
        if (!Tree.Projects.Contains("Evergrant.Postgres"))
        {
            return;
        }
        Fault.None(Folders.StoreFaults(Folders.FilesOf("src/Evergrant.Sqlite"), Folders.FilesOf("src/Evergrant.Postgres")));
    }

    [Fact]
    public void Folders_and_files_that_differ_are_found()
    {
        Assert.Single(Folders.Faults(["Token/AccessToken.cs", "Scope.cs"], ["Token/TokenEndpoint.cs", "Issue/IssueEndpoint.cs"]));
        Assert.Equal(["Evergrant.Postgres has no Clients.cs"], Folders.StoreFaults(["SqliteGrantStore.cs", "GroupCommit.cs", "Clients.cs"], ["PostgresGrantStore.cs", "Pipeline.cs"]));
    }
}
