namespace Evergrant.Protocol.Keys;

/// <summary>Where a signing key stands in its life.</summary>
public enum KeyPhase
{
    /// <summary>Published, not signing yet.</summary>
    Announced,

    /// <summary>Signing.</summary>
    Signing,

    /// <summary>Published, signing no more.</summary>
    Retiring,

    /// <summary>No longer published.</summary>
    Gone,
}

/// <summary>A key that is to be made: everything but the key itself.</summary>
/// <param name="Algorithm">JWS algorithm.</param>
/// <param name="AnnouncedAt">Start of its publication.</param>
/// <param name="SignsFrom">Start of its signing.</param>
/// <param name="RetiresAt">End of its signing.</param>
/// <param name="GoneAt">End of its publication.</param>
public sealed record PlannedKey(string Algorithm, DateTimeOffset AnnouncedAt, DateTimeOffset SignsFrom, DateTimeOffset RetiresAt, DateTimeOffset GoneAt);

/// <summary>The signing keys of an issuer at an instant: which are published, which signs, what is to be made, when to look again. Pure.</summary>
public static class KeyRing
{
    /// <summary>Where a key stands.</summary>
    /// <param name="key">The key.</param>
    /// <param name="now">The instant.</param>
    public static KeyPhase PhaseOf(SigningKeyRecord key, DateTimeOffset now) =>
        key.WithdrawnAt <= now || key.GoneAt <= now ? KeyPhase.Gone
        : key.RetiresAt <= now ? KeyPhase.Retiring
        : key.SignsFrom <= now ? KeyPhase.Signing
        : KeyPhase.Announced;

    /// <summary>Algorithms with which clients encrypt to this server: each has a key of its own (RFC 9864 section 7).</summary>
    public static IReadOnlyList<string> ForEncryption { get; } = [Jose.JweAlgorithm.RsaOaep256, Jose.JweAlgorithm.EcdhEs];

    /// <summary>The keys of the JWK Set, in the order they were announced. Of those for encryption only the present ones: older ones open what was encrypted to them, and nobody is to take them
    /// any more (OpenID Connect Core section 10.2.1).</summary>
    /// <param name="keys">All keys of the issuer.</param>
    /// <param name="now">The instant.</param>
    public static IEnumerable<SigningKeyRecord> Published(IEnumerable<SigningKeyRecord> keys, DateTimeOffset now) =>
        keys.Where(k => PhaseOf(k, now) is var phase && phase != KeyPhase.Gone && k.AnnouncedAt <= now && (!k.IsForEncryption || phase == KeyPhase.Signing));

    /// <summary>The keys that open what was encrypted to this server, the newest first.</summary>
    /// <param name="keys">All keys of the issuer.</param>
    /// <param name="now">The instant.</param>
    public static IEnumerable<SigningKeyRecord> Opening(IEnumerable<SigningKeyRecord> keys, DateTimeOffset now) =>
        keys.Where(k => k.IsForEncryption && PhaseOf(k, now) != KeyPhase.Gone).OrderByDescending(k => k.SignsFrom);

    /// <summary>The key that signs: of those in their signing time, the one that began last.</summary>
    /// <param name="keys">All keys of the issuer.</param>
    /// <param name="algorithm">JWS algorithm.</param>
    /// <param name="now">The instant.</param>
    /// <returns>Null when there is none yet.</returns>
    public static SigningKeyRecord? Signer(IEnumerable<SigningKeyRecord> keys, string algorithm, DateTimeOffset now) =>
        keys.Where(k => k.Algorithm == algorithm && PhaseOf(k, now) == KeyPhase.Signing).MaxBy(k => k.SignsFrom);

    /// <summary>The keys that have to be made now, so that no algorithm is ever without a signer and each successor is announced in time.</summary>
    /// <param name="keys">All keys of the issuer.</param>
    /// <param name="algorithms">Algorithms that must be there.</param>
    /// <param name="times">The timeline.</param>
    /// <param name="now">The instant.</param>
    public static IReadOnlyList<PlannedKey> Due(IReadOnlyList<SigningKeyRecord> keys, IReadOnlyList<string> algorithms, KeyTimes times, DateTimeOffset now)
    {
        var due = new List<PlannedKey>();
        foreach (string algorithm in algorithms)
        {
            List<SigningKeyRecord> standing = [.. keys.Where(k => k.Algorithm == algorithm && PhaseOf(k, now) is KeyPhase.Announced or KeyPhase.Signing && k.Algorithm == algorithm)];
            // Nothing signs: nobody has a token of this algorithm yet, or the key was withdrawn; the new one signs at once.
            if (!standing.Any(k => PhaseOf(k, now) == KeyPhase.Signing))
            {
                due.Add(Plan(algorithm, now, now, times));
                continue;
            }
            DateTimeOffset end = standing.Max(k => k.RetiresAt);
            if (end - times.MadeAhead <= now) due.Add(Plan(algorithm, now, end > now + times.Announce ? end : now + times.Announce, times));
        }
        return due;
    }

    /// <summary>The keys that have to go on until a successor that is due may sign: it was made late, or in place of one that was withdrawn before it signed.</summary>
    /// <param name="keys">All keys of the issuer.</param>
    /// <param name="due">What <see cref="Due"/> gave.</param>
    /// <param name="times">The timeline.</param>
    /// <param name="now">The instant.</param>
    /// <returns>Keys with their new ends.</returns>
    public static IReadOnlyList<SigningKeyRecord> Extended(IReadOnlyList<SigningKeyRecord> keys, IReadOnlyList<PlannedKey> due, KeyTimes times, DateTimeOffset now) =>
    [
        .. from planned in due
           where planned.SignsFrom > now
           let last = keys.Where(k => k.Algorithm == planned.Algorithm && PhaseOf(k, now) is KeyPhase.Announced or KeyPhase.Signing && k.Algorithm == planned.Algorithm).MaxBy(k => k.RetiresAt)
           where last is not null && last.RetiresAt < planned.SignsFrom
           select last with { RetiresAt = planned.SignsFrom, GoneAt = planned.SignsFrom + times.Retain },
    ];

    /// <summary>A rotation that an operator asks for: the successor is announced now, and the present keys sign until it may.</summary>
    /// <param name="keys">All keys of the issuer.</param>
    /// <param name="algorithm">JWS algorithm.</param>
    /// <param name="times">The timeline.</param>
    /// <param name="now">The instant.</param>
    /// <param name="successor">The key to be made.</param>
    /// <returns>The present keys with their new ends.</returns>
    public static IReadOnlyList<SigningKeyRecord> Rotate(IReadOnlyList<SigningKeyRecord> keys, string algorithm, KeyTimes times, DateTimeOffset now, out PlannedKey successor)
    {
        bool signs = Signer(keys, algorithm, now) is not null;
        DateTimeOffset from = signs ? now + times.Announce : now;
        successor = Plan(algorithm, now, from, times);
        return [.. keys.Where(k => k.Algorithm == algorithm && PhaseOf(k, now) is KeyPhase.Announced or KeyPhase.Signing && k.Algorithm == algorithm && k.RetiresAt > from)
            .Select(k => k with { RetiresAt = from, GoneAt = from + times.Retain })];
    }

    /// <summary>When the state of any key changes next, or a successor falls due; null when never.</summary>
    /// <param name="keys">All keys of the issuer.</param>
    /// <param name="times">The timeline.</param>
    /// <param name="now">The instant.</param>
    public static DateTimeOffset? NextLook(IReadOnlyList<SigningKeyRecord> keys, KeyTimes times, DateTimeOffset now)
    {
        DateTimeOffset? next = null;
        foreach (SigningKeyRecord key in keys.Where(k => k.WithdrawnAt is null))
        {
            foreach (DateTimeOffset at in (ReadOnlySpan<DateTimeOffset>)[key.SignsFrom, key.RetiresAt - times.MadeAhead, key.RetiresAt, key.GoneAt])
            {
                if (at > now && (next is null || at < next)) next = at;
            }
        }
        return next;
    }

    private static PlannedKey Plan(string algorithm, DateTimeOffset announced, DateTimeOffset from, KeyTimes times) =>
        new(algorithm, announced, from, from + times.Sign, from + times.Sign + times.Retain);
}
