using Evergrant.Fire.Seeding;
using Evergrant.Protocol.Grants;

namespace Evergrant.Fire.Disk;

/// <summary>A data folder of the program in development mode with grants of the demo's web application in it, whose tokens are known.</summary>
/// <param name="Folder">The folder; no server has it.</param>
/// <param name="Issuer">Its issuer, which is also where the program listens.</param>
/// <param name="Keys">Its credential keys.</param>
/// <param name="Seed">Its grants by number.</param>
internal sealed record SeededFolder(string Folder, string Issuer, CredentialKeys Keys, GrantSeed Seed)
{
    private const string Client = "demo-web";

    /// <summary>Makes it.</summary>
    /// <param name="program">The program, started once to make keys, clients and accounts.</param>
    /// <param name="folder">Where.</param>
    /// <param name="active">Live grants, numbers 1 to this.</param>
    /// <param name="pending">Grants whose code waits, the numbers after those.</param>
    /// <param name="seed">Other seeds, other grants.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<SeededFolder> MakeAsync(string program, string folder, long active, long pending, int seed, CancellationToken cancellationToken)
    {
        string issuer = ProgramUnderShim.FreeIssuer();
        await using (ProgramUnderShim first = await ProgramUnderShim.StartAsync(program, folder, issuer, null, cancellationToken)) await first.StopAsync();
        CredentialKeys keys = RootKeyFile.Read(folder);
        var grants = new GrantSeed(issuer, Client, DateTimeOffset.UtcNow, keys.CurrentNumber, seed);
        await SqliteSeeder.SeedAsync(folder, Rows(grants, active, pending), cancellationToken);
        return new(folder, issuer, keys, grants);
    }

    /// <summary>The refresh token of a grant's generation.</summary>
    public string Token(long number, long generation) => GrantSeed.Credential(Keys, Seed.Active(number) with { Generation = generation });

    /// <summary>The code of a grant that was seeded as pending.</summary>
    public string Code(long number) => GrantSeed.Credential(Keys, Seed.Pending(number));

    /// <summary>The id of a grant.</summary>
    public Guid Id(long number) => Seed.Pending(number).Id;

    private static IEnumerable<Grant> Rows(GrantSeed seed, long active, long pending)
    {
        for (long i = 1; i <= active; i++) yield return seed.Active(i);
        for (long i = active + 1; i <= active + pending; i++) yield return seed.Pending(i);
    }
}
