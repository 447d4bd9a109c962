using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;
using Evergrant.Protocol.Token;

namespace Evergrant.Fire.Explorer;

/// <summary>The rules under exploration: the server's own pure decisions, on a store that is one row in memory. A planted bug overrides one of the members.</summary>
internal class Rules
{
    /// <summary>What one step of the clock is: two of them are longer than the window and the life of a code, one is not.</summary>
    public static readonly TimeSpan Tick = TimeSpan.FromSeconds(40);

    private const string Issuer = "https://op.example";
    private const string Verifier = "a-verifier-of-forty-three-characters-or-more";
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly byte[] Root = [.. Enumerable.Range(1, 32).Select(i => (byte)i)], Next = [.. Enumerable.Range(101, 32).Select(i => (byte)i)];
    // A key is known everywhere before it makes anything.
    private static readonly CredentialKeys[] KeySets = [new([new(1, Root), new(2, Next)], current: 1), new([new(1, Root), new(2, Next)], current: 2)];
    private static readonly CodeVerifier Proof = CodeVerifier.Of(Verifier);

    private readonly Client _client;
    private readonly Client _stranger;
    private readonly Grant _template;
    private readonly Dictionary<(int Generation, int Key), GrantCredential> _credentials = [];

    public Rules(GrantPolicy policy)
    {
        Policy = policy;
        _client = new Client { Issuer = Issuer, ClientId = "holder", Scopes = ["notes:read", "offline_access"], Policy = policy, RedirectUris = ["https://app.example/callback"], SecretHashes = [[1]] };
        _stranger = _client with { ClientId = "stranger" };
        _template = new Grant
        {
            Id = new Guid("01890000-0000-7000-8000-000000000001"), Issuer = Issuer, ClientId = "holder", Subject = "somebody", State = GrantState.Pending, Generation = 0, GenerationAt = Start, KeyNumber = 1,
            CreatedAt = Start, ExpiresAt = Start + TimeSpan.FromDays(90), Salt = Root[..16],
            Authorized = new Authorized { Scope = "notes:read offline_access", Policy = policy.Name, IssuesRefreshToken = true, CodeChallenge = Proof.Challenge, RedirectUri = "https://app.example/callback" },
        };
    }

    /// <summary>The policy of the grant.</summary>
    public GrantPolicy Policy { get; }

    /// <summary>The instant of a clock step.</summary>
    public static DateTimeOffset At(int clock) => Start + (clock * Tick);

    /// <summary>Number of the highest key.</summary>
    public static int LastKey => KeySets.Length;

    /// <summary>Decides on a code (0) or refresh token.</summary>
    public virtual TokenDecision Decide(Actor actor, int shown, int shownKey, Grant row, DateTimeOffset now, CredentialKeys keys)
    {
        Client client = actor == Actor.Stranger ? _stranger : _client;
        GrantCredential credential = Credential(shown, shownKey);
        return shown == 0
            ? AuthorizationCodeGrant.Decide(new TokenRequest { GrantType = AuthorizationCodeGrant.Name, CodeVerifier = Verifier, RedirectUri = "https://app.example/callback" }, credential, row, Issuer, client, ScopeCatalogue.Empty, keys, now)
            : RefreshTokenGrant.Decide(new TokenRequest { GrantType = RefreshTokenGrant.Name }, credential, row, Issuer, client, ScopeCatalogue.Empty, keys, now);
    }

    /// <summary>Makes a change if its condition holds (Storage.Change).</summary>
    /// <returns>The row after it; null when the condition does not hold.</returns>
    public virtual Grant? Apply(Grant row, Change change) => (change as GrantChange)?.ApplyTo(row);

    /// <summary>Whether an answer may leave before its change is committed.</summary>
    public virtual bool AnswersEarly => false;

    /// <summary>What a crash leaves of the row.</summary>
    public virtual Grant AfterCrash(Grant row) => row;

    /// <summary>The keys of a server that makes new credentials with this one.</summary>
    public static CredentialKeys KeysOf(int current) => KeySets[current - 1];

    /// <summary>The whole row of a view.</summary>
    public Grant Row(RowView view) => _template with
    {
        State = (GrantState)view.State,
        Generation = view.Generation,
        GenerationAt = At(view.At),
        KeyNumber = view.Key,
        Retries = new RetryHistory(view.Retries),
        IdleExpiresAt = view.State == RowState.Pending ? Start + Policy.CodeLifetime : At(view.At) + Policy.IdleLifetime,
        RevokedAt = view.State == RowState.Revoked ? Start : null,
        RevokedWhy = view.State == RowState.Revoked ? RevocationCause.RevokedByClient : RevocationCause.None,
    };

    /// <summary>The view of a row.</summary>
    public static RowView View(Grant row) => new((RowState)row.State, (byte)row.Generation, row.Retries.Bits, (byte)row.KeyNumber, (byte)((row.GenerationAt - Start) / Tick));

    private GrantCredential Credential(int generation, int key)
    {
        if (_credentials.TryGetValue((generation, key), out GrantCredential? credential)) return credential;
        CredentialKind kind = generation == 0 ? CredentialKind.Code : CredentialKind.RefreshToken;
        return _credentials[(generation, key)] = GrantCredential.Read(KeySets[^1], kind, GrantCredential.Write(KeySets[^1], key, kind, _template, generation))!;
    }
}
