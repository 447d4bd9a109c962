using Xunit;

namespace Evergrant.House.Tests.PublicApi;

public class PublicApiTests
{
    [Fact]
    public void The_public_API_of_every_library_is_what_its_file_says() =>
        Fault.None(Tree.Libraries
            .Where(p => Tree.AssemblyOf(p).GetExportedTypes().Length > 0)
            .SelectMany(p => Generated.Faults($"src/{p}/PublicApi.txt", Listing.Of(Tree.AssemblyOf(p)))));

    [Fact]
    public void The_program_has_no_public_API_of_its_own_to_keep() => Assert.DoesNotContain("Evergrant", Tree.Libraries);

    [Fact]
    public void A_listing_shows_types_members_and_question_marks()
    {
        const string Wanted = """
            enum Evergrant.House.Tests.PublicApi.PublicApiTests.Kind
                0 One
                5 Six
            sealed record Evergrant.House.Tests.PublicApi.PublicApiTests.Shown : IDisposable
              const int Limit = 3
              new(string Name, string? Note = null)
              static IReadOnlyList<string?> All<T>(params T[] from)
              string Name { get; init; }
              string? Note { get; init; }
              void Dispose()

            """;
        Assert.Equal(Wanted, Listing.Of([typeof(Shown), typeof(Kind)]));
    }

    public enum Kind
    {
        One = 0,
        Six = 5,
    }

    public sealed record Shown(string Name, string? Note = null) : IDisposable
    {
        public const int Limit = 3;

        internal int Hidden { get; init; }

        public static IReadOnlyList<string?> All<T>(params T[] from) => [.. from.Select(f => f?.ToString())];

        public void Dispose()
        {
        }
    }
}
