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

/// <summary>Names the modules of the OpenID Foundation's conformance suite that a test checks the same as; docs/certification.md is generated from the tests that carry it and pass.</summary>
/// <param name="names">Modules of oidf-op-tests.csv, e.g. <c>oidcc-codereuse</c>: in every plan; with the plan before it (<c>PLAN/oidcc-codereuse</c>): in that plan alone.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method, AllowMultiple = true)]
public sealed class ModuleAttribute(params string[] names) : Attribute, ITraitAttribute
{
    /// <summary>The modules as given.</summary>
    public IReadOnlyList<string> Names { get; } = names;

    /// <summary>Plans, with spaces between them, of which the test checks each of these modules; null where the names say it.</summary>
    public string? In { get; init; }

    IReadOnlyCollection<KeyValuePair<string, string>> ITraitAttribute.GetTraits() =>
        [.. Names.SelectMany(name => In is null ? [name] : In.Split(' ').Select(plan => $"{plan}/{name}")).Select(id => KeyValuePair.Create("Requirement", id))];
}
