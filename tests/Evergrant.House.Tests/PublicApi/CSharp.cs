using System.Reflection;
using System.Runtime.CompilerServices;

namespace Evergrant.House.Tests.PublicApi;

/// <summary>Names of types as C# writes them.</summary>
internal static class CSharp
{
    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void", [typeof(bool)] = "bool", [typeof(byte)] = "byte", [typeof(sbyte)] = "sbyte", [typeof(short)] = "short",
        [typeof(ushort)] = "ushort", [typeof(int)] = "int", [typeof(uint)] = "uint", [typeof(long)] = "long", [typeof(ulong)] = "ulong",
        [typeof(double)] = "double", [typeof(float)] = "float", [typeof(decimal)] = "decimal", [typeof(char)] = "char",
        [typeof(string)] = "string", [typeof(object)] = "object", [typeof(nint)] = "nint", [typeof(nuint)] = "nuint",
    };

    /// <summary>The type without its namespace; nested types with their outer ones.</summary>
    public static string Name(Type type) => Name(type, null);

    /// <summary>The type with its question marks.</summary>
    public static string Name(Type type, NullabilityInfo? nullability)
    {
        if (type.IsByRef)
        {
            return Name(type.GetElementType()!, nullability?.ElementType ?? nullability);
        }
        string mark = nullability?.ReadState == NullabilityState.Nullable && !type.IsValueType ? "?" : "";
        if (type.IsArray)
        {
            return $"{Name(type.GetElementType()!, nullability?.ElementType)}[{new string(',', type.GetArrayRank() - 1)}]{mark}";
        }
        if (type.IsPointer)
        {
            return Name(type.GetElementType()!) + "*";
        }
        if (Nullable.GetUnderlyingType(type) is Type underlying)
        {
            return Name(underlying) + "?";
        }
        if (Keywords.TryGetValue(type, out string? keyword))
        {
            return keyword + mark;
        }
        // An unconstrained type parameter always reads as nullable; its mark would say nothing.
        return type.IsGenericParameter ? type.Name : Declared(type, nullability) + mark;
    }

    /// <summary>Parameters of a method, as it declares them.</summary>
    public static string Parameters(MethodBase method)
    {
        var context = new NullabilityInfoContext();
        string[] parameters = [.. method.GetParameters().Select(p => Parameter(p, context))];
        bool extension = method.IsDefined(typeof(ExtensionAttribute), false);
        return (extension ? "this " : "") + string.Join(", ", parameters);
    }

    private static string Parameter(ParameterInfo p, NullabilityInfoContext context)
    {
        string how = p.IsOut ? "out " : p.IsIn ? "in " : p.ParameterType.IsByRef ? "ref " : p.IsDefined(typeof(ParamArrayAttribute), false) ? "params " : "";
        string optional = p.HasDefaultValue ? " = " + Literal(p) : "";
        return $"{how}{Name(p.ParameterType, context.Create(p))} {p.Name}{optional}";
    }

    /// <summary>A constant as C# writes it.</summary>
    public static string Literal(object? value) => value switch
    {
        null => "null",
        string text => "\"" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"",
        bool flag => flag ? "true" : "false",
        char c => $"'{c}'",
        _ => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture)!,
    };

    private static string Literal(ParameterInfo p) =>
        p.RawDefaultValue is null && p.ParameterType.IsValueType && Nullable.GetUnderlyingType(p.ParameterType) is null ? "default" : Literal(p.DefaultValue);

    // Arguments of the outer types come first in the list of a nested generic type.
    private static string Declared(Type type, NullabilityInfo? nullability)
    {
        Type[] arguments = type.GetGenericArguments();
        int outer = type.DeclaringType?.GetGenericArguments().Length ?? 0;
        string prefix = type.DeclaringType is Type declaring ? Name(declaring) + "." : "";
        string name = type.Name.Split('`')[0];
        if (arguments.Length <= outer)
        {
            return prefix + name;
        }
        NullabilityInfo[] known = nullability?.GenericTypeArguments ?? [];
        IEnumerable<string> names = arguments.Skip(outer).Select((a, i) => Name(a, outer + i < known.Length ? known[outer + i] : null));
        return $"{prefix}{name}<{string.Join(", ", names)}>";
    }
}
