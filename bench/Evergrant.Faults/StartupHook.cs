using Evergrant.Faults.Hooks;

/// <summary>Called by the runtime before Main, because DOTNET_STARTUP_HOOKS names this assembly. The name and the missing namespace are the runtime's.</summary>
#pragma warning disable CA1050 // the runtime looks for this type outside any namespace
internal sealed class StartupHook
#pragma warning restore CA1050
{
    /// <summary>Waits for the server's host to be built, and puts the faults into its services.</summary>
    public static void Initialize() => HostWatch.Begin();
}
