using System.Text;
using Evergrant.Jose;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Keys;

namespace Evergrant.Protocol.Tests.Clients;

public class ClientAuthenticationTests
{
    private const string TokenEndpoint = Sample.Issuer + "/token";
    private static readonly NumberedKeys SecretKeys = new([KeyValuePair.Create(1, new byte[32])], 1);
    private static readonly SigningKey Key = SigningKey.Create("ES256", "k");
    private static readonly Client Secretive = Sample.Web with { SecretHashes = [ClientSecret.Hash("right", SecretKeys), ClientSecret.Hash("next", SecretKeys)] };
    private static readonly Client Asserting = Sample.Web with { AuthenticationMethod = ClientAuthenticationMethod.PrivateKeyJwt, Jwks = Encoding.UTF8.GetString(new JwkSet([Key.PublicKey]).ToUtf8Json()) };

    private static ClientDecision Decide(Client? client, string? secret = null, string? assertion = null, string? id = "web", string issuer = Sample.Issuer) =>
        ClientAuthentication.Decide(new ShownCredentials(id, secret, assertion, false), client, SecretKeys, issuer, TokenEndpoint, Sample.Now);

    private static void IsRefused(Refusal refusal, bool guess, ClientDecision decision)
    {
        NotAuthenticated refused = Assert.IsType<NotAuthenticated>(decision);
        Assert.Equal((refusal, "invalid_client", guess), (refused.Error.Refusal, refused.Error.Code, refused.Guess));
    }

    private static async Task<string> AssertionAsync(string audience = Sample.Issuer, string clientId = "web", SigningKey? key = null, TimeSpan? lifetime = null) =>
        await new ClientAssertion { ClientId = clientId, Audience = [audience], ExpiresAt = Sample.Now + (lifetime ?? TimeSpan.FromMinutes(1)), JwtId = "jti", IssuedAt = Sample.Now }.WriteAsync(key ?? Key, default);

    [Fact]
    [Requirement("ATTACK-193")]
    public void How_long_a_wrong_secret_takes_tells_neither_where_it_differs_nor_whether_the_client_is_known()
    {
        string right = ClientSecret.New(new byte[32]);
        Client known = Sample.Web with { SecretHashes = [ClientSecret.Hash(right, SecretKeys)] };
        (Client? Client, string Secret)[] cases = [(known, "X" + right[1..]), (known, right[..^1] + "X"), (null, right)];
        long[][] times = [.. cases.Select(_ => new long[20_001])];
        // One after the other in turn, so that whatever else the machine does falls on all of them alike.
        for (int n = 0; n < times[0].Length; n++)
        {
            for (int i = 0; i < cases.Length; i++)
            {
                long began = System.Diagnostics.Stopwatch.GetTimestamp();
                Decide(cases[i].Client, cases[i].Secret);
                times[i][n] = System.Diagnostics.Stopwatch.GetTimestamp() - began;
            }
        }
        long[] medians = [.. times.Select(t => { Array.Sort(t); return t[t.Length / 2]; })];
        Assert.True(medians.Max() < 2 * medians.Min(), string.Join(' ', medians));
    }

    [Theory]
    [InlineData("right")]
    [InlineData("next")]
    public void Each_secret_on_record_is_good_while_a_rotation_is_under_way(string secret) => Assert.Null(Assert.IsType<Authenticated>(Decide(Secretive, secret)).Change);

    [Fact]
    public void The_hash_of_a_secret_that_is_of_an_older_key_is_named_and_no_other()
    {
        NumberedKeys rotated = new([KeyValuePair.Create(1, new byte[32]), KeyValuePair.Create(2, Enumerable.Repeat((byte)2, 32).ToArray())], 2);
        Client client = Secretive with { SecretHashes = [Secretive.SecretHashes[0], ClientSecret.Hash("next", rotated)] };
        Assert.Same(client.SecretHashes[0], OutdatedOf("right"));
        Assert.Null(OutdatedOf("next"));

        byte[]? OutdatedOf(string secret) => Assert.IsType<Authenticated>(
            ClientAuthentication.Decide(new ShownCredentials("web", secret, null, false), client, rotated, Sample.Issuer, TokenEndpoint, Sample.Now)).OutdatedHash;
    }

    [Theory]
    [InlineData("wrong")]
    [InlineData("Right")]
    [InlineData("right ")]
    [InlineData("")]
    [InlineData("\ud800")]
    public void A_wrong_secret_is_a_guess(string secret) => IsRefused(Refusal.ClientSecretWrong, true, Decide(Secretive, secret));

    [Fact]
    public void A_client_without_a_secret_on_record_matches_none() => IsRefused(Refusal.ClientSecretWrong, true, Decide(Sample.Web, ""));

    [Fact]
    [Requirement("RFC6749-2.2-02", "RFC6749-3.2.1-01")]
    public void A_confidential_client_is_not_believed_by_its_name() => IsRefused(Refusal.ClientCredentialsMissing, false, Decide(Secretive));

    [Fact]
    public void An_unknown_client_is_refused_as_a_guess()
    {
        IsRefused(Refusal.ClientUnknown, true, Decide(null, "right"));
        IsRefused(Refusal.ClientMissing, false, Decide(null, id: null));
    }

    [Fact]
    public void Unknown_client_and_wrong_secret_look_the_same() =>
        Assert.Equal(((NotAuthenticated)Decide(null, "x")).Error.Description, ((NotAuthenticated)Decide(Secretive, "x")).Error.Description);

    [Fact]
    [Requirement("RFC6749-2.3-02", "RFC8252-8.5-02")]
    public void A_public_client_stays_public_whatever_it_sends()
    {
        Assert.True(Assert.IsType<Authenticated>(Decide(Sample.Native, "secret", id: "native")).Client.IsPublic);
        IsRefused(Refusal.ClientMethodWrong, false, Decide(Sample.Native, null, "a.b.c", "native"));
    }

    [Fact]
    public async Task A_good_assertion_counts_once_it_is_noted()
    {
        Authenticated authenticated = Assert.IsType<Authenticated>(Decide(Asserting, null, await AssertionAsync()));
        Assert.Equal(32, authenticated.Change!.AssertionHash.Length);
        Assert.True(authenticated.Change.ExpiresAt > Sample.Now.AddMinutes(1));
    }

    [Fact]
    public async Task The_note_of_an_assertion_is_of_one_issuer_and_one_client()
    {
        byte[] one = ((Authenticated)Decide(Asserting, null, await AssertionAsync())).Change!.AssertionHash;
        byte[] other = ((Authenticated)Decide(Asserting, null, await AssertionAsync("https://other.example"), issuer: "https://other.example")).Change!.AssertionHash;
        Assert.NotEqual(one, other);
    }

    [Fact]
    public async Task An_assertion_for_another_audience_client_key_or_time_is_refused()
    {
        using var foreign = SigningKey.Create("ES256", "k");
        IsRefused(Refusal.ClientAssertionInvalid, true, Decide(Asserting, null, await AssertionAsync("https://other.example")));
        IsRefused(Refusal.ClientAssertionInvalid, true, Decide(Asserting, null, await AssertionAsync(clientId: "other")));
        IsRefused(Refusal.ClientAssertionInvalid, true, Decide(Asserting, null, await AssertionAsync(key: foreign)));
        IsRefused(Refusal.ClientAssertionInvalid, true, Decide(Asserting, null, await AssertionAsync(lifetime: TimeSpan.FromMinutes(-2))));
        IsRefused(Refusal.ClientAssertionInvalid, true, Decide(Asserting, null, await AssertionAsync(lifetime: TimeSpan.FromHours(3))));
        IsRefused(Refusal.ClientAssertionInvalid, true, Decide(Asserting, null, "garbage"));
        IsRefused(Refusal.ClientAssertionInvalid, true, Decide(Asserting with { Jwks = null }, null, await AssertionAsync()));
    }

    [Fact]
    public async Task The_token_endpoint_is_an_audience_only_where_it_was_registered()
    {
        string assertion = await AssertionAsync(TokenEndpoint);
        IsRefused(Refusal.ClientAssertionInvalid, true, Decide(Asserting, null, assertion));
        Assert.IsType<Authenticated>(Decide(Asserting with { LegacyAssertionAudience = true }, null, assertion));
    }

    [Fact]
    public async Task A_client_keeps_to_its_registered_method()
    {
        IsRefused(Refusal.ClientMethodWrong, false, Decide(Asserting, "right"));
        IsRefused(Refusal.ClientCredentialsMissing, false, Decide(Asserting));
        IsRefused(Refusal.ClientMethodWrong, false, Decide(Secretive, null, await AssertionAsync()));
    }

    [Fact]
    public void What_was_shown_is_never_printed() => Assert.Equal("***", new ShownCredentials("web", "right", "a.b.c", true).ToString());
}
