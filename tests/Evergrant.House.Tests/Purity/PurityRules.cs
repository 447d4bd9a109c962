using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;

namespace Evergrant.House.Tests.Purity;

/// <summary>Evergrant.Protocol decides and does nothing else: time is an argument, randomness is passed in, nothing waits outside Storage.</summary>
internal static partial class PurityRules
{
    /// <summary>Types that the assembly may not use at all, by full name.</summary>
    private static readonly string[] ForbiddenTypes =
    [
        "Microsoft.AspNetCore.Http.HttpContext",
        "System.Data.Common.DbConnection",
        "System.Data.IDbConnection",
        "Microsoft.Extensions.Logging.ILogger",
        "Microsoft.Extensions.Logging.ILogger`1",
        "System.IServiceProvider",
        "System.TimeProvider",
        "System.Random",
        "System.Security.Cryptography.RandomNumberGenerator",
        "System.Diagnostics.Stopwatch",
        "System.Net.Http.HttpClient",
        "System.IO.File",
    ];

    /// <summary>Members that the assembly may not call.</summary>
    private static readonly string[] ForbiddenMembers =
    [
        "System.DateTime.get_UtcNow",
        "System.DateTime.get_Now",
        "System.DateTimeOffset.get_UtcNow",
        "System.DateTimeOffset.get_Now",
        "System.Guid.NewGuid",
        "System.Guid.CreateVersion7",
        "System.Environment.get_TickCount64",
    ];

    /// <summary>Forbidden names that a built assembly refers to.</summary>
    public static IEnumerable<string> Faults(Stream assembly)
    {
        using var file = new PEReader(assembly);
        return [.. Faults(Uses(file.GetMetadataReader()))];
    }

    /// <summary>Types of ASP.NET Core that keep their keys in Data Protection, whose ring lies unwrapped on the disk, and whose cookies were forgeable in .NET 10.0.0 to 10.0.6.</summary>
    public static IEnumerable<string> DataProtection(Stream assembly)
    {
        string[] kinds = ["Microsoft.AspNetCore.DataProtection.", "Microsoft.AspNetCore.Antiforgery.", "Microsoft.AspNetCore.Authentication.Cookies.", "Microsoft.AspNetCore.Session.", "Microsoft.AspNetCore.Mvc."];
        using var file = new PEReader(assembly);
        return [.. Uses(file.GetMetadataReader()).Where(used => kinds.Any(kind => used.StartsWith(kind, StringComparison.Ordinal)))];
    }

    /// <summary>Those of the used names that are forbidden.</summary>
    public static IEnumerable<string> Faults(IEnumerable<string> used) => used.Intersect(ForbiddenTypes.Concat(ForbiddenMembers));

    /// <summary>Lines of a source that wait: code outside comments that says Task, ValueTask, async, await or IAsyncEnumerable.</summary>
    public static IEnumerable<string> Waits(string file, string source) =>
        SourceText.CodeOnly(source).Split('\n')
            .Select((line, index) => (line, index))
            .Where(l => Waiting().IsMatch(l.line))
            .Select(l => $"{file}:{l.index + 1}: {l.line.Trim()}");

    /// <summary>Members of types outside Storage whose signature waits.</summary>
    public static IEnumerable<string> Waits(Assembly assembly, string root) =>
        from type in assembly.GetTypes()
        where !IsStorage(type, root)
        from member in type.GetMembers(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
        where TypesOf(member).Any(IsWaiting)
        select $"{type.FullName}.{member.Name}";

    private static bool IsStorage(Type type, string root) =>
        type.Namespace is string name && (name == root + ".Storage" || name.StartsWith(root + ".Storage.", StringComparison.Ordinal));

    private static IEnumerable<Type> TypesOf(MemberInfo member) => member switch
    {
        MethodInfo m => m.GetParameters().Select(p => p.ParameterType).Append(m.ReturnType),
        ConstructorInfo c => c.GetParameters().Select(p => p.ParameterType),
        FieldInfo f => [f.FieldType],
        PropertyInfo p => [p.PropertyType],
        _ => [],
    };

    private static bool IsWaiting(Type type) =>
        type.Namespace == "System.Threading.Tasks" && type.Name is "Task" or "Task`1" or "ValueTask" or "ValueTask`1"
        || type.GetGenericArguments().Any(IsWaiting)
        || (type.HasElementType && IsWaiting(type.GetElementType()!));

    private static IEnumerable<string> Uses(MetadataReader metadata)
    {
        foreach (TypeReferenceHandle handle in metadata.TypeReferences)
        {
            yield return NameOf(metadata, handle);
        }
        foreach (MemberReferenceHandle handle in metadata.MemberReferences)
        {
            MemberReference member = metadata.GetMemberReference(handle);
            if (member.Parent.Kind == HandleKind.TypeReference)
            {
                yield return NameOf(metadata, (TypeReferenceHandle)member.Parent) + "." + metadata.GetString(member.Name);
            }
        }
    }

    private static string NameOf(MetadataReader metadata, TypeReferenceHandle handle)
    {
        TypeReference type = metadata.GetTypeReference(handle);
        return metadata.GetString(type.Namespace) + "." + metadata.GetString(type.Name);
    }

    [GeneratedRegex(@"\b(Task|ValueTask|IAsyncEnumerable)\b|\basync\b|\bawait\b")]
    private static partial Regex Waiting();
}
