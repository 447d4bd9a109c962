using Evergrant.Protocol.Keys;

namespace Evergrant.Protocol.Tests.Keys;

public class KeyRingTests
{
    private static readonly KeyTimes Times = new();
    private static readonly string[] Algorithms = ["ES256", "RS256"];

    private static SigningKeyRecord Make(PlannedKey planned, int number) => new()
    {
        Issuer = Sample.Issuer, KeyId = $"k{number}", Algorithm = planned.Algorithm, WrappedKey = [], PublicJwk = "{}",
        AnnouncedAt = planned.AnnouncedAt, SignsFrom = planned.SignsFrom, RetiresAt = planned.RetiresAt, GoneAt = planned.GoneAt,
    };

    [Fact]
    [Requirement("ATTACK-341")]
    public void A_key_is_announced_for_longer_than_the_key_set_may_be_kept_by_caches() => Assert.True(new KeyTimes().Announce > TimeSpan.FromSeconds(900));

    [Fact]
    public void The_first_key_signs_at_once()
    {
        PlannedKey planned = Assert.Single(KeyRing.Due([], ["ES256"], Times, Sample.Now));
        Assert.Equal((Sample.Now, Sample.Now, Sample.Now + Times.Sign, Sample.Now + Times.Sign + Times.Retain), (planned.AnnouncedAt, planned.SignsFrom, planned.RetiresAt, planned.GoneAt));
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(0, 1)]
    public void A_successor_is_due_so_early_that_a_late_look_still_announces_it_in_time(int milliseconds, int due)
    {
        SigningKeyRecord first = Make(KeyRing.Due([], ["ES256"], Times, Sample.Now)[0], 1);
        DateTimeOffset at = (first.RetiresAt - Times.MadeAhead).AddMilliseconds(milliseconds);
        IReadOnlyList<PlannedKey> planned = KeyRing.Due([first], ["ES256"], Times, at);
        Assert.Equal(due, planned.Count);
        if (due == 0) return;
        Assert.Equal((at, first.RetiresAt), (planned[0].AnnouncedAt, planned[0].SignsFrom));
        PlannedKey late = Assert.Single(KeyRing.Due([first], ["ES256"], Times, first.RetiresAt - Times.Announce));
        Assert.Equal((Times.Announce, first.RetiresAt), (late.SignsFrom - late.AnnouncedAt, late.SignsFrom));
    }

    [Theory]
    [InlineData(-1, KeyPhase.Announced)]
    [InlineData(0, KeyPhase.Signing)]
    public void A_phase_begins_at_its_instant(int milliseconds, KeyPhase phase)
    {
        SigningKeyRecord key = Make(new PlannedKey("ES256", Sample.Now.AddDays(-1), Sample.Now, Sample.Now.AddDays(1), Sample.Now.AddDays(2)), 1);
        TimeSpan shift = TimeSpan.FromMilliseconds(milliseconds);
        Assert.Equal(phase, KeyRing.PhaseOf(key, Sample.Now + shift));
        Assert.Equal(milliseconds < 0 ? KeyPhase.Signing : KeyPhase.Retiring, KeyRing.PhaseOf(key, key.RetiresAt + shift));
        Assert.Equal(milliseconds < 0 ? KeyPhase.Retiring : KeyPhase.Gone, KeyRing.PhaseOf(key, key.GoneAt + shift));
        Assert.Equal(KeyPhase.Gone, KeyRing.PhaseOf(key with { WithdrawnAt = Sample.Now }, Sample.Now));
    }

    /// <summary>Random lives of a ring: time passes, operators rotate and withdraw; after each step what is due is made, as the host does before it signs.</summary>
    [Fact]
    [Requirement("OIDC-CORE-10.1.1-01")]
    public void In_every_history_one_key_signs_that_was_announced_in_time_and_stays_published_long_enough()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            List<SigningKeyRecord> keys = [];
            DateTimeOffset now = Sample.Now;
            var signed = new List<(SigningKeyRecord Key, DateTimeOffset At)>();
            for (int step = 0; step < 60; step++)
            {
                now += TimeSpan.FromHours(Math.Pow(2, random.Next(10)));
                Dictionary<string, bool> signing = Algorithms.ToDictionary(a => a, a => KeyRing.Signer(keys, a, now) is not null);
                if (random.Next(5) == 0) Rotate(keys, Algorithms[random.Next(2)], now);
                if (random.Next(9) == 0 && keys.Count > 0)
                {
                    int index = random.Next(keys.Count);
                    keys[index] = keys[index] with { WithdrawnAt = keys[index].WithdrawnAt ?? now };
                    signing = Algorithms.ToDictionary(a => a, a => KeyRing.Signer(keys, a, now) is not null);
                }
                IReadOnlyList<PlannedKey> due = KeyRing.Due(keys, Algorithms, Times, now);
                Replace(keys, KeyRing.Extended(keys, due, Times, now));
                foreach (PlannedKey planned in due)
                {
                    // A key that has had no time to be seen signs only where nothing else does.
                    Assert.True(planned.SignsFrom - planned.AnnouncedAt >= Times.Announce || !signing[planned.Algorithm], $"seed {seed}");
                    keys.Add(Make(planned, keys.Count));
                }
                Assert.Empty(KeyRing.Due(keys, Algorithms, Times, now));
                foreach (string algorithm in Algorithms)
                {
                    SigningKeyRecord signer = KeyRing.Signer(keys, algorithm, now)!;
                    Assert.Equal(KeyPhase.Signing, KeyRing.PhaseOf(signer, now));
                    signed.Add((signer, now));
                }
                // Every key that signed within the longest life of a token is still published, unless it was withdrawn.
                HashSet<string> published = [.. KeyRing.Published(keys, now).Select(k => k.KeyId)];
                Assert.All(signed.Where(s => s.At + Times.Retain > now), s => Assert.True(published.Contains(s.Key.KeyId) || keys.First(k => k.KeyId == s.Key.KeyId).WithdrawnAt is not null, $"seed {seed}"));
                if (KeyRing.NextLook(keys, Times, now) is { } next) Assert.True(next > now);
            }
        }
    }

    private static void Rotate(List<SigningKeyRecord> keys, string algorithm, DateTimeOffset now)
    {
        IReadOnlyList<SigningKeyRecord> cut = KeyRing.Rotate(keys, algorithm, Times, now, out PlannedKey successor);
        Assert.All(cut, changed => Assert.True(changed.RetiresAt <= keys.First(k => k.KeyId == changed.KeyId).RetiresAt));
        Replace(keys, cut);
        keys.Add(Make(successor, keys.Count));
    }

    private static void Replace(List<SigningKeyRecord> keys, IEnumerable<SigningKeyRecord> changed)
    {
        foreach (SigningKeyRecord key in changed) keys[keys.FindIndex(k => k.KeyId == key.KeyId)] = key;
    }

    [Fact]
    public void A_successor_that_is_withdrawn_before_it_signs_leaves_no_gap()
    {
        List<SigningKeyRecord> keys = [Make(KeyRing.Due([], ["ES256"], Times, Sample.Now)[0], 0)];
        DateTimeOffset rotated = Sample.Now.AddDays(3), withdrawn = rotated.AddHours(5);
        Rotate(keys, "ES256", rotated);
        keys[1] = keys[1] with { WithdrawnAt = withdrawn };
        IReadOnlyList<PlannedKey> due = KeyRing.Due(keys, ["ES256"], Times, withdrawn);
        Assert.Equal(withdrawn + Times.Announce, Assert.Single(due).SignsFrom);
        Replace(keys, KeyRing.Extended(keys, due, Times, withdrawn));
        Assert.Equal((withdrawn + Times.Announce, withdrawn + Times.Announce + Times.Retain), (keys[0].RetiresAt, keys[0].GoneAt));
        keys.Add(Make(due[0], 2));
        for (DateTimeOffset at = withdrawn; at < withdrawn.AddDays(3); at += TimeSpan.FromMinutes(17)) Assert.NotNull(KeyRing.Signer(keys, "ES256", at));
        // One that signs at once, and one that comes in time, need nobody to go on.
        Assert.Empty(KeyRing.Extended([], KeyRing.Due([], ["ES256"], Times, Sample.Now), Times, Sample.Now));
    }

    [Fact]
    public void A_host_that_looks_late_by_up_to_the_time_of_announcement_never_signs_with_a_key_that_nobody_has_seen()
    {
        for (int seed = 0; seed < 40; seed++)
        {
            var random = new Random(seed);
            List<SigningKeyRecord> keys = [.. KeyRing.Due([], Algorithms, Times, Sample.Now).Select(Make)];
            int first = keys.Count;
            for (DateTimeOffset now = Sample.Now; now < Sample.Now.AddDays(800); now += Times.Announce * random.NextDouble())
            {
                IReadOnlyList<PlannedKey> due = KeyRing.Due(keys, Algorithms, Times, now);
                Replace(keys, KeyRing.Extended(keys, due, Times, now));
                foreach (PlannedKey planned in due) keys.Add(Make(planned, keys.Count));
            }
            Assert.All(keys.Skip(first), key => Assert.True(key.SignsFrom - key.AnnouncedAt >= Times.Announce, $"seed {seed}"));
            Assert.True(keys.Count > 2 * 8);
        }
    }

    [Fact]
    public void Between_two_looks_nothing_changes()
    {
        var random = new Random(4);
        List<SigningKeyRecord> keys = [Make(KeyRing.Due([], ["ES256"], Times, Sample.Now)[0], 1)];
        Rotate(keys, "ES256", Sample.Now.AddDays(3));
        DateTimeOffset now = Sample.Now.AddDays(3);
        while (KeyRing.NextLook(keys, Times, now) is { } next)
        {
            DateTimeOffset between = now + ((next - now) * random.NextDouble() * 0.999);
            Assert.All(keys, k => Assert.Equal(KeyRing.PhaseOf(k, now), KeyRing.PhaseOf(k, between)));
            Assert.Equal(KeyRing.Due(keys, ["ES256"], Times, now).Count, KeyRing.Due(keys, ["ES256"], Times, between).Count);
            now = next;
        }
    }

    [Fact]
    public void A_withdrawn_signer_leaves_at_once_and_is_replaced_at_once()
    {
        SigningKeyRecord first = Make(KeyRing.Due([], ["ES256"], Times, Sample.Now)[0], 1) with { WithdrawnAt = Sample.Now.AddHours(1) };
        DateTimeOffset at = Sample.Now.AddHours(1);
        Assert.Empty(KeyRing.Published([first], at));
        Assert.Null(KeyRing.Signer([first], "ES256", at));
        Assert.Equal(at, Assert.Single(KeyRing.Due([first], ["ES256"], Times, at)).SignsFrom);
    }
}
