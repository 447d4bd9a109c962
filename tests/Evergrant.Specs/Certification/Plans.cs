namespace Evergrant.Specs.Certification;

/// <summary>Names of plans, as <see cref="ModuleAttribute.In"/> takes them.</summary>
internal static class Plans
{
    /// <summary>Tokens from the authorization endpoint alone.</summary>
    public const string Implicit = "oidcc-implicit-certification-test-plan oidcc-formpost-implicit-certification-test-plan";

    /// <summary>A code, and tokens beside it.</summary>
    public const string Hybrid = "oidcc-hybrid-certification-test-plan oidcc-formpost-hybrid-certification-test-plan";

    /// <summary>Both.</summary>
    public const string Front = Implicit + " " + Hybrid;

    /// <summary>Clients that register themselves.</summary>
    public const string Dynamic = "oidcc-dynamic-certification-test-plan";

    /// <summary>FAPI 2.0 Message Signing, whose clients sign their requests.</summary>
    public const string Signing = "fapi2-message-signing-final-test-plan";

    /// <summary>Both plans of FAPI 2.0.</summary>
    public const string Fapi = "fapi2-security-profile-final-test-plan " + Signing;
}
