using Evergrant.Protocol.Grants;

namespace Evergrant.Cli;

/// <summary>What commands tell of the built-in policies.</summary>
internal static class BuiltInPolicies
{
    /// <summary>The policy of a name; null where that is none of theirs.</summary>
    public static GrantPolicy? Find(string name) => GrantPolicy.BuiltIn.FirstOrDefault(p => p.Name == name);

    /// <summary>Whether it is one of them, not one that says the same.</summary>
    public static bool Has(GrantPolicy policy) => GrantPolicy.BuiltIn.Any(p => ReferenceEquals(p, policy));

    /// <summary>For which clients it is.</summary>
    public static string About(GrantPolicy policy) => policy.Name switch
    {
        "public" => "for public clients",
        "public-browser" => "for public clients with application_type browser, whose tabs refresh at once",
        _ => "for clients that prove who they are",
    };
}
