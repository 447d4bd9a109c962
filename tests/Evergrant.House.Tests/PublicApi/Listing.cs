using System.Reflection;
using System.Runtime.CompilerServices;

namespace Evergrant.House.Tests.PublicApi;

/// <summary>The public API of a library as sorted lines, so that a change of it is a visible diff.</summary>
internal static class Listing
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>The text of PublicApi.txt.</summary>
    public static string Of(Assembly assembly) => Of(assembly.GetExportedTypes());

    /// <summary>The text for some types.</summary>
    public static string Of(IEnumerable<Type> types) =>
        string.Concat(types.OrderBy(t => t.FullName, StringComparer.Ordinal)
            .SelectMany(type => Members(type).Order(StringComparer.Ordinal).Prepend(Header(type)))
            .Select(line => line + "\n"));

    private static string Header(Type type)
    {
        string name = $"{type.Namespace}.{CSharp.Name(type)}";
        if (IsDelegate(type))
        {
            MethodInfo invoke = type.GetMethod("Invoke")!;
            return $"delegate {CSharp.Name(invoke.ReturnType)} {name}({CSharp.Parameters(invoke)})";
        }
        IEnumerable<string> bases = Bases(type);
        return $"{Modifiers(type)}{Kind(type)} {name}{(bases.Any() ? " : " + string.Join(", ", bases) : "")}";
    }

    private static string Modifiers(Type type) => type switch
    {
        { IsClass: true, IsAbstract: true, IsSealed: true } => "static ",
        { IsClass: true, IsAbstract: true } => "abstract ",
        { IsClass: true, IsSealed: true } => "sealed ",
        { IsValueType: true, IsEnum: false } when type.IsDefined(typeof(IsReadOnlyAttribute), false) => "readonly ",
        _ => "",
    };

    private static string Kind(Type type) =>
        type.IsEnum ? "enum"
        : type.IsInterface ? "interface"
        : type.IsValueType ? (IsRecord(type) ? "record struct" : "struct")
        : IsRecord(type) ? "record" : "class";

    private static bool IsRecord(Type type) => type.GetMethod("PrintMembers", Declared)?.IsDefined(typeof(CompilerGeneratedAttribute), false) == true;

    private static bool IsDelegate(Type type) => typeof(MulticastDelegate).IsAssignableFrom(type.BaseType);

    private static IEnumerable<string> Bases(Type type)
    {
        if (type.IsEnum)
        {
            return [];
        }
        Type? parent = type.BaseType is Type b && b != typeof(object) && b != typeof(ValueType) ? b : null;
        IEnumerable<Type> inherited = parent?.GetInterfaces() ?? [];
        IEnumerable<string> interfaces = type.GetInterfaces().Except(inherited)
            .Where(i => i.IsVisible && !(IsRecord(type) && i.Name == "IEquatable`1"))
            .Select(i => CSharp.Name(i)).Order(StringComparer.Ordinal);
        return parent is null ? interfaces : interfaces.Prepend(CSharp.Name(parent));
    }

    private static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum)
        {
            return type.GetFields(BindingFlags.Public | BindingFlags.Static).Select(f => $"  {Convert.ToInt64(f.GetRawConstantValue(), null),3} {f.Name}");
        }
        return IsDelegate(type) ? [] : type.GetMembers(Declared).Where(m => !IsGenerated(m)).Select(Line).OfType<string>();
    }

    private static bool IsGenerated(MemberInfo member) => member.IsDefined(typeof(CompilerGeneratedAttribute), false) || member.Name.Contains('<');

    private static string? Line(MemberInfo member) => member switch
    {
        ConstructorInfo c => IsOpen(c) && !c.IsStatic ? $"  {Access(c)}new({CSharp.Parameters(c)})" : null,
        MethodInfo { IsSpecialName: true } m when !m.Name.StartsWith("op_", StringComparison.Ordinal) => null,
        MethodInfo m => IsOpen(m) ? $"  {Access(m)}{Shape(m)}{Type(new NullabilityInfoContext().Create(m.ReturnParameter), m.ReturnType)} {m.Name}{Generic(m)}({CSharp.Parameters(m)})" : null,
        PropertyInfo p => Property(p),
        FieldInfo f => f.IsPublic || f.IsFamily ? $"  {(f.IsLiteral ? "const " : f.IsStatic ? "static " : "")}{(f.IsInitOnly ? "readonly " : "")}{Type(new NullabilityInfoContext().Create(f), f.FieldType)} {f.Name}{(f.IsLiteral ? " = " + CSharp.Literal(f.GetRawConstantValue()) : "")}" : null,
        EventInfo e => e.AddMethod is MethodInfo add && IsOpen(add) ? $"  event {CSharp.Name(e.EventHandlerType!)} {e.Name}" : null,
        _ => null,
    };

    private static string? Property(PropertyInfo p)
    {
        MethodInfo? get = p.GetMethod is MethodInfo g && IsOpen(g) ? g : null;
        MethodInfo? set = p.SetMethod is MethodInfo s && IsOpen(s) ? s : null;
        if ((get ?? set) is not MethodInfo any)
        {
            return null;
        }
        bool init = set?.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) == true;
        string required = p.IsDefined(typeof(RequiredMemberAttribute), false) ? "required " : "";
        string index = p.GetIndexParameters().Length > 0 ? $"[{string.Join(", ", p.GetIndexParameters().Select(i => CSharp.Name(i.ParameterType)))}]" : "";
        string accessors = (get is null ? "" : "get; ") + (set is null ? "" : init ? "init; " : "set; ");
        return $"  {Access(any)}{Shape(any)}{required}{Type(new NullabilityInfoContext().Create(p), p.PropertyType)} {p.Name}{index} {{ {accessors}}}";
    }

    private static bool IsOpen(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static string Access(MethodBase method) => method.IsPublic ? "" : "protected ";

    private static string Shape(MethodInfo method) =>
        method.IsStatic ? "static "
        : method.DeclaringType!.IsInterface ? ""
        : method.IsAbstract ? "abstract "
        : method.IsVirtual && method.GetBaseDefinition() != method ? "override "
        : method is { IsVirtual: true, IsFinal: false } ? "virtual " : "";

    private static string Generic(MethodInfo method) =>
        method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(a => a.Name))}>" : "";

    private static string Type(NullabilityInfo nullability, Type type) => CSharp.Name(type, nullability);
}
