namespace Evergrant.Protocol.Storage;

/// <summary>What a delivery carries. The numbers are stored.</summary>
public enum DeliveryKind
{
    /// <summary>A Logout Token (OpenID Connect Back-Channel Logout section 2.5).</summary>
    LogoutToken = 1,

    /// <summary>Word that a request was answered (CIBA Core section 10.2).</summary>
    Ping = 2,

    /// <summary>The tokens of a request that was answered, or its error (CIBA Core sections 10.3 and 12).</summary>
    Push = 3,
}

/// <summary>Something to be told to a client, written in the commit of what it is about, so that no crash loses it. Any node delivers it: at least once, a bounded number of times.</summary>
/// <param name="Id">UUIDv7; the same at every try.</param>
/// <param name="Kind">What it carries.</param>
/// <param name="Issuer">Issuer at which the client is registered.</param>
/// <param name="ClientId">To whom.</param>
/// <param name="Document">What it says, as text that its kind understands; no secret in the clear.</param>
/// <param name="Tries">How often it has been tried, the one that is under way included.</param>
/// <param name="DueAt">When it may be tried next. Whoever takes it moves this ahead first: a node that dies on the way leaves it to the others.</param>
/// <param name="ExpiresAt">End; worth nothing from then on.</param>
public sealed record Delivery(Guid Id, DeliveryKind Kind, string Issuer, string ClientId, string Document, int Tries, DateTimeOffset DueAt, DateTimeOffset ExpiresAt)
{
    // What passes until the next try: long enough that two tries never overlap, and longer each time.
    private static readonly TimeSpan[] Pauses = [TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(10), TimeSpan.FromHours(1)];

    /// <summary>How often something is tried at most.</summary>
    public static int MostTries => Pauses.Length + 1;

    /// <summary>How long a delivery is worth something.</summary>
    public static TimeSpan Lifetime { get; } = TimeSpan.FromHours(2);

    /// <summary>One that is new and whose first try its maker makes at once.</summary>
    /// <param name="id">UUIDv7.</param>
    /// <param name="kind">What it carries.</param>
    /// <param name="issuer">Issuer.</param>
    /// <param name="clientId">To whom.</param>
    /// <param name="document">What it says.</param>
    /// <param name="now">The instant.</param>
    public static Delivery Begun(Guid id, DeliveryKind kind, string issuer, string clientId, string document, DateTimeOffset now) =>
        new(id, kind, issuer, clientId, document, 1, now + Pauses[0], now + Lifetime);

    /// <summary>The change that takes it for one more try; null when there has been the last one, or it is too late.</summary>
    /// <param name="now">The instant.</param>
    public TakeDelivery? Next(DateTimeOffset now) => Tries >= MostTries || ExpiresAt <= now ? null : new TakeDelivery(Id, Tries, now + Pauses[Math.Min(Tries, Pauses.Length - 1)]);
}
