using Evergrant.Protocol.Clients;

namespace Evergrant.Protocol.Tests.Clients;

public class SubjectIdentifierTests
{
    private static readonly byte[] Key = new byte[32];
    private static readonly Client Pairwise = Sample.Web with { SubjectType = SubjectType.Pairwise };

    [Fact]
    public void A_public_subject_is_the_account() => Assert.Equal("alice", SubjectIdentifier.For(Sample.Web, "alice", Key));

    [Fact]
    [Requirement("OIDC-CORE-8.1-01", "OIDC-CORE-8.1-02")]
    public void A_pairwise_subject_is_one_for_each_account_and_sector()
    {
        string sub = SubjectIdentifier.For(Pairwise, "alice", Key);
        Assert.Equal(sub, SubjectIdentifier.For(Pairwise with { ClientId = "sister" }, "alice", Key));
        Assert.NotEqual(sub, SubjectIdentifier.For(Pairwise, "bob", Key));
        Assert.NotEqual(sub, SubjectIdentifier.For(Pairwise with { RedirectUris = ["https://other.example/cb"] }, "alice", Key));
        Assert.NotEqual(sub, SubjectIdentifier.For(Pairwise, "alice", [.. new byte[31], 1]));
        Assert.InRange(sub.Length, 1, 255);
    }

    [Fact]
    [Requirement("OIDC-CORE-8.1-04")]
    public void The_sector_is_the_host_of_its_document_or_else_of_the_redirect_uri()
    {
        Assert.Equal("app.example", SubjectIdentifier.SectorOf(Pairwise));
        Assert.Equal("sector.example", SubjectIdentifier.SectorOf(Pairwise with { SectorIdentifierUri = "https://sector.example/uris.json" }));
        Assert.Equal("web", SubjectIdentifier.SectorOf(Pairwise with { RedirectUris = [] }));
    }

    [Fact]
    public void Two_native_clients_with_schemes_of_their_own_do_not_share_a_sector()
    {
        Client one = Pairwise with { ClientId = "one", RedirectUris = ["com.example.one:/cb"] };
        Client other = Pairwise with { ClientId = "other", RedirectUris = ["com.example.other:/cb"] };
        Assert.NotEqual(SubjectIdentifier.For(one, "alice", Key), SubjectIdentifier.For(other, "alice", Key));
    }
}
