using System.Security.Cryptography;
using Evergrant.Load.Http;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;
using Evergrant.Protocol.Token;
using Evergrant.Sqlite;

namespace Evergrant.Load.Scenarios;

/// <summary>Refreshes one grant without HTTP: finds the row, decides, commits, as the token endpoint does, straight on the embedded store.</summary>
internal sealed class StoreWorker : IWorker, IAsyncDisposable
{
    private const string Issuer = "http://localhost";
    private readonly SqliteStore store;
    private readonly CredentialKeys keys = new([new(1, RandomNumberGenerator.GetBytes(32))]);
    private readonly Client client = new() { Issuer = Issuer, ClientId = "bench", Scopes = [OneScope] };
    private readonly Guid id = Guid.CreateVersion7();
    private string token = "";

    private const string OneScope = "offline_access";

    private StoreWorker(SqliteStore store) => this.store = store;

    /// <summary>Opens the store of a folder and creates the grant, its code redeemed.</summary>
    public static async Task<StoreWorker> OpenAsync(string folder)
    {
        var worker = new StoreWorker(await SqliteStore.OpenAsync(new SqliteOptions(folder)));
        var now = DateTimeOffset.UtcNow;
        var grant = new Grant
        {
            Id = worker.id,
            Issuer = Issuer,
            ClientId = worker.client.ClientId,
            Subject = "bench",
            State = GrantState.Active,
            Generation = 1,
            GenerationAt = now,
            KeyNumber = worker.keys.CurrentNumber,
            CreatedAt = now,
            IdleExpiresAt = now + TimeSpan.FromDays(14),
            ExpiresAt = now + TimeSpan.FromDays(90),
            Salt = RandomNumberGenerator.GetBytes(16),
            Authorized = new Authorized { Scope = OneScope, Policy = "confidential", IssuesRefreshToken = true },
        };
        if (await worker.store.Grants.CommitAsync(new CreateGrant(grant), null, default) != CommitResult.Committed) throw new WrongAnswerException("the grant was not created");
        worker.token = GrantCredential.Write(worker.keys, worker.keys.CurrentNumber, CredentialKind.RefreshToken, grant, grant.Generation);
        return worker;
    }

    public async ValueTask StepAsync()
    {
        var credential = GrantCredential.Read(keys, CredentialKind.RefreshToken, token)!;
        var grant = await store.Grants.FindGrantAsync(credential.GrantId, default).ConfigureAwait(false);
        var request = new TokenRequest { GrantType = RefreshTokenGrant.Name, RefreshToken = token };
        var decision = RefreshTokenGrant.Decide(request, credential, grant, Issuer, client, ScopeCatalogue.Empty, keys, DateTimeOffset.UtcNow);
        if (decision is not Rotated rotated) throw new WrongAnswerException(decision.GetType().Name);
        if (await store.Grants.CommitAsync(rotated.Change, null, default).ConfigureAwait(false) != CommitResult.Committed) throw new WrongAnswerException("not committed");
        token = GrantCredential.Write(keys, rotated.Grant.KeyNumber, CredentialKind.RefreshToken, rotated.Grant, rotated.Grant.Generation);
    }

    /// <summary>The store is closed by <see cref="DisposeAsync"/>.</summary>
    public void Dispose()
    {
    }

    public ValueTask DisposeAsync() => store.DisposeAsync();
}
