using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Evergrant.House.Tests.Names;

/// <summary>Words that say nothing, and the product's name, do not stand in type names.</summary>
internal static partial class TypeNames
{
    private static readonly string[] ForbiddenWords =
        ["Manager", "Managers", "Helper", "Helpers", "Util", "Utils", "Utility", "Utilities", "Base", "Impl", "Info", "Data", "Evergrant"];

    /// <summary>Names that the house has all the same, each with its reason.</summary>
    private static readonly Dictionary<string, string> Known = new(StringComparer.Ordinal)
    {
        ["EvergrantEndpoints"] = "the map of the house; a host reads it beside the maps of other products",
        ["EvergrantOptions"] = "a host binds it beside the options of other products",
        ["EvergrantServices"] = "carries AddEvergrant; a host sees it beside the extensions of other products",
    };

    /// <summary>What is wrong with the name of a type, or null.</summary>
    public static string? Fault(string name)
    {
        string bare = name.Split('`')[0];
        if (Known.ContainsKey(bare))
        {
            return null;
        }
        // UserInfo is the RFC's word for an endpoint.
        List<string> words = [.. Word().Matches(bare.Replace("UserInfo", "Userinfo", StringComparison.Ordinal)).Select(m => m.Value)];
        string? bad = words.FirstOrDefault(ForbiddenWords.Contains) ?? (words.FirstOrDefault() == "Default" ? "Default" : null);
        return bad is null ? null : $"{name} says {bad}";
    }

    /// <summary>Types of an assembly that somebody wrote.</summary>
    public static IEnumerable<Type> Written(Assembly assembly) =>
        assembly.GetTypes().Where(t => !t.Name.Contains('<') && !IsGenerated(t));

    private static bool IsGenerated(Type type) =>
        type.IsDefined(typeof(CompilerGeneratedAttribute), false)
        || type.IsDefined(typeof(System.CodeDom.Compiler.GeneratedCodeAttribute), false)
        || type.Namespace is "System.Runtime.CompilerServices" or "Microsoft.CodeAnalysis" or "System.Text.RegularExpressions.Generated"
        || (type.DeclaringType is Type outer && IsGenerated(outer));

    [GeneratedRegex("[A-Z]+(?![a-z0-9])|[A-Z][a-z0-9]*")]
    private static partial Regex Word();
}
