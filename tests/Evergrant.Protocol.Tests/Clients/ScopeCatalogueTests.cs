using Evergrant.Protocol.Clients;

namespace Evergrant.Protocol.Tests.Clients;

public class ScopeCatalogueTests
{
    [Fact]
    [Requirement("RFC8414-2-11")]
    public void What_is_published_is_in_order_and_without_what_is_hidden() =>
        Assert.Equal([.. Scope.Standard, "extra", "files:read", "notes:read", "notes:write", "shared"], Sample.Catalogue.Published);

    [Fact]
    public void A_hidden_value_is_known_all_the_same()
    {
        Assert.True(Sample.Catalogue.Knows("secret"));
        Assert.False(Sample.Catalogue.Knows("unheard:of"));
        Assert.False(Sample.Catalogue.Knows("OPENID"));
    }

    [Fact]
    public void Each_value_names_its_apis()
    {
        Assert.Equal([Sample.Notes], Sample.Catalogue.OwnersOf("notes:read").Select(o => o.Identifier));
        Assert.Equal([Sample.Notes, Sample.Files], Sample.Catalogue.OwnersOf("shared").Select(o => o.Identifier));
        Assert.Empty(Sample.Catalogue.OwnersOf("openid"));
    }

    [Fact]
    public void A_resource_is_found_by_its_bytes()
    {
        Assert.NotNull(Sample.Catalogue.Find(Sample.Notes));
        Assert.Null(Sample.Catalogue.Find(Sample.Notes + "/"));
    }

    [Fact]
    public void A_value_without_words_is_shown_as_it_is() => Assert.Equal("notes:read", Sample.Catalogue.TextOf("notes:read"));
}
