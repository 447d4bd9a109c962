using Xunit.v3;

namespace Evergrant.Tests;

/// <summary>Names the rows of docs/requirements that a test checks; docs/specs.md is generated from the tests that carry it and pass.</summary>
/// <param name="ids">Row ids, e.g. <c>RFC9700-4.14.2-03</c>.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class RequirementAttribute(params string[] ids) : Attribute, ITraitAttribute
{
    /// <summary>The row ids as given.</summary>
    public IReadOnlyList<string> Ids { get; } = ids;

    IReadOnlyCollection<KeyValuePair<string, string>> ITraitAttribute.GetTraits() =>
        [.. Ids.Select(id => KeyValuePair.Create("Requirement", id))];
}
