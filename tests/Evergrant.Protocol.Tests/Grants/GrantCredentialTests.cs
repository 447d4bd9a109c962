using Evergrant.Jose;
using Evergrant.Protocol.Grants;

namespace Evergrant.Protocol.Tests.Grants;

public class GrantCredentialTests
{
    public static TheoryData<CredentialKind> Kinds => [CredentialKind.Code, CredentialKind.RefreshToken, CredentialKind.AccessToken];

    private static string Write(Grant grant, CredentialKind kind = CredentialKind.RefreshToken, long generation = 5, CredentialKeys? keys = null, int number = 1, params byte[] body) =>
        GrantCredential.Write(keys ?? Sample.Keys, number, kind, grant, generation, body);

    private static bool IsAccepted(string text, CredentialKind kind, Grant grant, CredentialKeys? keys = null) =>
        GrantCredential.Read(keys ?? Sample.Keys, kind, text) is { } credential && credential.IsOf(keys ?? Sample.Keys, grant);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void It_is_read_as_it_was_written(CredentialKind kind)
    {
        Grant grant = Sample.Grant();
        GrantCredential credential = GrantCredential.Read(Sample.Keys, kind, Write(grant, kind, 77, body: [1, 2, 3]))!;
        Assert.Equal((kind, 1, grant.Id, 77L), (credential.Kind, credential.KeyNumber, credential.GrantId, credential.Generation));
        Assert.Equal([1, 2, 3], credential.Body.ToArray());
        Assert.True(credential.IsOf(Sample.Keys, grant));
    }

    [Fact]
    public void The_same_generation_of_a_row_is_always_the_same_token() => Assert.Equal(Write(Sample.Grant()), Write(Sample.Grant()));

    [Fact]
    public void Every_generation_is_another_token() =>
        Assert.Equal(1000, Enumerable.Range(0, 1000).Select(g => Write(Sample.Grant(), generation: g)).Distinct().Count());

    [Theory]
    [MemberData(nameof(Kinds))]
    [Requirement("RFC6749-10.3-02")]
    public void No_bit_of_it_can_be_changed(CredentialKind kind)
    {
        Grant grant = Sample.Grant();
        string text = Write(grant, kind, body: kind == CredentialKind.AccessToken ? [9, 9] : []);
        Assert.True(CanonicalBase64Url.TryDecode(text.AsSpan(4), out byte[]? bytes));
        for (int bit = 0; bit < bytes.Length * 8; bit++)
        {
            byte[] forged = [.. bytes];
            forged[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(IsAccepted(text[..4] + CanonicalBase64Url.Encode(forged), kind, grant), $"bit {bit}");
        }
    }

    [Fact]
    public void No_part_of_it_will_do()
    {
        Grant grant = Sample.Grant();
        string text = Write(grant);
        for (int length = 0; length < text.Length; length++) Assert.False(IsAccepted(text[..length], CredentialKind.RefreshToken, grant));
        foreach (string longer in (string[])[text + "A", text + "=", text + "\n", " " + text, text + "AAAA"]) Assert.False(IsAccepted(longer, CredentialKind.RefreshToken, grant));
    }

    /// <summary>Every text that differs in one character, also in the bits that base64url leaves unused, is another text.</summary>
    [Fact]
    public void Only_the_canonical_form_is_accepted()
    {
        Grant grant = Sample.Grant();
        string text = Write(grant, body: [1]);
        foreach (char last in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=")
        {
            string other = text[..^1] + last;
            Assert.Equal(other == text, IsAccepted(other, CredentialKind.RefreshToken, grant));
        }
        Assert.False(IsAccepted(text.Replace('_', '/'), CredentialKind.RefreshToken, grant));
        Assert.False(IsAccepted(text.ToUpperInvariant(), CredentialKind.RefreshToken, grant));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_kind_is_never_accepted_for_another(CredentialKind made)
    {
        Grant grant = Sample.Grant();
        string text = Write(grant, made);
        foreach (CredentialKind asked in Enum.GetValues<CredentialKind>().Where(k => k != made))
        {
            Assert.False(IsAccepted(text, asked, grant));
            Assert.False(IsAccepted(GrantCredential.PrefixOf(asked) + text[4..], asked, grant));
        }
    }

    [Fact]
    public void It_belongs_to_one_row()
    {
        Grant grant = Sample.Grant();
        GrantCredential credential = GrantCredential.Read(Sample.Keys, CredentialKind.RefreshToken, Write(grant))!;
        Assert.False(credential.IsOf(Sample.Keys, grant with { Issuer = "https://other.example" }));
        Assert.False(credential.IsOf(Sample.Keys, grant with { ClientId = "other" }));
        Assert.False(credential.IsOf(Sample.Keys, grant with { Salt = new byte[16] }));
        Assert.False(credential.IsOf(Sample.Keys, grant with { Id = Guid.NewGuid() }));
        Assert.False(credential.IsOf(Sample.KeysOf((1, 2)), grant));
        Assert.True(credential.IsOf(Sample.Keys, grant with { State = GrantState.Revoked, Generation = 99 }));
    }

    /// <summary>Parts are framed: moving a character from the issuer to the client gives another tag.</summary>
    [Fact]
    public void The_parts_of_the_tag_cannot_be_shifted()
    {
        Grant one = Sample.Grant() with { Issuer = "https://a", ClientId = "bc" };
        Grant other = one with { Issuer = "https://ab", ClientId = "c" };
        Assert.NotEqual(Write(one), Write(other));
    }

    [Fact]
    [Requirement("RFC6749-10.3-01")]
    public void Neither_the_row_nor_the_key_alone_makes_a_token()
    {
        Grant grant = Sample.Grant();
        Assert.False(IsAccepted(Write(grant, keys: Sample.KeysOf((1, 200))), CredentialKind.RefreshToken, grant));
        Assert.False(IsAccepted(Write(grant with { Salt = new byte[16] }), CredentialKind.RefreshToken, grant));
    }

    [Fact]
    public void An_older_key_still_checks_after_a_rotation_and_a_gone_one_does_not()
    {
        Grant grant = Sample.Grant();
        CredentialKeys rotated = Sample.KeysOf((1, 1), (2, 2));
        Assert.True(IsAccepted(Write(grant), CredentialKind.RefreshToken, grant, rotated));
        Assert.True(IsAccepted(Write(grant, keys: rotated, number: 2), CredentialKind.RefreshToken, grant, rotated));
        Assert.False(IsAccepted(Write(grant), CredentialKind.RefreshToken, grant, Sample.KeysOf((2, 2))));
    }

    [Fact]
    public void A_key_that_is_not_there_makes_nothing() => Assert.Throws<ArgumentException>(() => Write(Sample.Grant(), number: 2));

    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    [InlineData(8192)]
    public void A_body_of_any_allowed_length_is_carried(int length)
    {
        byte[] body = [.. Enumerable.Range(0, length).Select(i => (byte)i)];
        GrantCredential credential = GrantCredential.Read(Sample.Keys, CredentialKind.AccessToken, Write(Sample.Grant(), CredentialKind.AccessToken, body: body))!;
        Assert.Equal(body, credential.Body.ToArray());
        Assert.True(credential.IsOf(Sample.Keys, Sample.Grant()));
    }

    [Fact]
    public void A_longer_body_is_a_fault_of_the_caller() => Assert.Throws<ArgumentException>(() => Write(Sample.Grant(), CredentialKind.AccessToken, body: new byte[8193]));

    [Fact]
    public void Garbage_is_refused_and_nothing_throws()
    {
        var random = new Random(3);
        byte[] bytes = new byte[120];
        for (int i = 0; i < 2000; i++)
        {
            random.NextBytes(bytes);
            Assert.Null(GrantCredential.Read(Sample.Keys, CredentialKind.RefreshToken, "evr_" + CanonicalBase64Url.Encode(bytes.AsSpan(0, random.Next(120)))));
        }
        foreach (string text in (string[])["", "evr_", "evr_ü", "evr_\0", new string('A', 100_000), "evr_" + new string('A', 100_000)]) Assert.Null(GrantCredential.Read(Sample.Keys, CredentialKind.RefreshToken, text));
    }

    [Fact]
    [Requirement("RFC6749-10.10-01", "RFC6749-10.10-02")]
    public void The_tag_has_256_bits()
    {
        Assert.True(CanonicalBase64Url.TryDecode(Write(Sample.Grant()).AsSpan(4), out byte[]? bytes));
        Assert.Equal(2 + 16 + 8 + 8 + 32, bytes.Length);
    }

    [Fact]
    public void It_never_prints_what_it_holds() => Assert.Equal("***", GrantCredential.Read(Sample.Keys, CredentialKind.RefreshToken, Write(Sample.Grant()))!.ToString());
}
