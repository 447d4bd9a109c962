namespace Evergrant.Specs.Hostile;

/// <summary>Everything that the development server serves.</summary>
public static class Surface
{
    /// <summary>Endpoints that programs post forms to.</summary>
    public static IReadOnlyList<string> Forms { get; } = ["/token", "/introspect", "/revoke"];

    /// <summary>Endpoints that pages post forms to.</summary>
    public static IReadOnlyList<string> PageForms { get; } = ["/authorize", "/consent", "/sign-in", "/select-account", "/sign-out", "/end_session", "/end_session/answer", "/account", "/admin/explain"];

    /// <summary>Documents for everybody.</summary>
    public static IReadOnlyList<string> Documents { get; } = ["/jwks", "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"];

    /// <summary>Pages that can be opened.</summary>
    public static IReadOnlyList<string> Pages { get; } = ["/", "/sign-in", "/sign-out", "/end_session", "/account", "/authorize", "/admin/explain", "/playground"];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> Paths { get; } = [.. Forms.Concat(PageForms).Concat(Documents).Concat(Pages).Concat(["/userinfo", "/dev/clock", "/dev/explain", "/nowhere"]).Distinct()];
}
