namespace Evergrant.Accounts;

/// <summary>Registers the accounts of this program.</summary>
internal static class AccountServices
{
    /// <summary>Adds the registry and sign-in. They need IAccountStore, IGrantStore, IServerSecrets and TimeProvider.</summary>
    public static IServiceCollection AddEvergrantAccounts(this IServiceCollection services)
    {
        services.AddSingleton<PasswordHashing>();
        services.AddSingleton<AccountRegistry>();
        services.AddSingleton<KnownDevice>();
        services.AddSingleton<SignIn>();
        services.AddSingleton<FailedSignIns>();
        services.AddHostedService(s => s.GetRequiredService<FailedSignIns>());
        return services;
    }
}
